//! Readers of the forms, as somebody else would write them: from the form to our record without what is lost.

use serde_json::{Map, Value, json};

/// An object of those parts that are there.
fn parts<const N: usize>(parts: [(&str, Option<Value>); N]) -> Value {
    Value::Object(parts.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect::<Map<_, _>>())
}

fn text<'f>(form: &'f Value, pointer: &str) -> &'f str {
    form.pointer(pointer).and_then(Value::as_str).unwrap_or_else(|| panic!("{pointer} is text in {form}"))
}

fn uuid(urn: &str) -> Value {
    json!(urn.strip_prefix("urn:uuid:").expect("a URN"))
}

fn names(list: &Value) -> Vec<&str> {
    list.as_array().map(|list| list.iter().filter_map(Value::as_str).collect()).unwrap_or_default()
}

/// The first of the objects whose `@type` has this.
fn of_type<'f>(list: &'f Value, kind: &str) -> Option<&'f Value> {
    list.as_array()?.iter().find(|entry| names(&entry["@type"]).contains(&kind))
}

fn chosen<'w>(id: &str, words: &[(&str, &'w str)]) -> &'w str {
    words.iter().find(|(known, _)| *known == id).unwrap_or_else(|| panic!("{id} is unknown")).1
}

fn link(form: &Value, property: &str) -> Option<Value> {
    Some(uuid(form.get(property)?[0]["@id"].as_str()?))
}

pub(super) fn iso27560(form: &Value) -> Value {
    let controller = &form["dpv:hasDataController"][0];
    let notice = form.get("dpv:hasNotice").map(|notice| {
        json!({
            "sha256": text(notice, "/0/dct:identifier/0").strip_prefix("sha256:").expect("a hash"),
            "language": notice[0]["dct:language"][0],
            "version": text(notice, "/0/dct:hasVersion/0").parse::<u32>().expect("a number"),
        })
    });
    let process = &form["dpv:hasProcess"][0];
    parts([
        ("id", Some(uuid(text(form, "/@id")))),
        ("keeper", link(form, "dct:publisher")),
        ("customer", link(form, "dpv:hasDataSubject")),
        ("language", Some(form["dct:language"][0].clone())),
        (
            "brand",
            Some(json!({
                "id": uuid(text(controller, "/@id")),
                "title": controller["dct:title"][0],
                "legal_name": controller["dpv:hasName"][0],
                "country": text(controller, "/dpv:hasCountry/0/@id").strip_prefix("loc:").expect("a country"),
                "contact": controller["dpv:hasContact"][0],
            })),
        ),
        ("request", link(form, "dct:source")),
        ("grant", link(form, "dct:isVersionOf")),
        ("replaces", link(form, "dct:replaces")),
        ("dpv_purpose", Some(process["dpv:hasPurpose"][0]["@type"][0].clone())),
        ("terms", Some(iso27560_terms(process))),
        ("categories", Some(process["dpv:hasPersonalData"].as_array().expect("a list").iter().map(iso27560_category).collect())),
        ("notice", notice),
        ("events", Some(form["dpv:hasConsentStatus"].as_array().expect("a list").iter().map(iso27560_event).collect())),
    ])
}

fn iso27560_category(data: &Value) -> Value {
    let sensitivity = match data["@type"].get(2).and_then(Value::as_str) {
        None => "ordinary",
        Some(kind) => chosen(kind, &[("dpv:SensitivePersonalData", "sensitive"), ("dpv:SpecialCategoryPersonalData", "special")]),
    };
    json!({ "dpv": data["@type"][0], "sensitivity": sensitivity })
}

fn iso27560_event(status: &Value) -> Value {
    let by = &status["dpv:isIndicatedBy"][0];
    let name = &by["dpv:hasName"][0];
    let by = match text(by, "/@type/0") {
        "dpv:DataSubject" => json!({ "role": "customer" }),
        "dpv:Technology" => json!({ "role": "clock" }),
        "dpv:Representative" => json!({ "role": "delegate", "name": name }),
        "dpv:ServiceProvider" => json!({ "role": "operator", "name": name }),
        "dpv:DataController" => json!({ "role": "brand", "name": uuid(text(by, "/@id")) }),
        other => panic!("{other} decides nothing"),
    };
    json!({ "decision": status["dpv:hasIndicationMethod"][0], "by": by, "at": status["dpv:isIndicatedAtTime"][0] })
}

fn iso27560_terms(process: &Value) -> Value {
    let items = process["dpv:hasPersonalData"].as_array().expect("a list").iter().map(|data| {
        let views = [("dpv:CollectedPersonalData", "raw"), ("dpv:DerivedPersonalData", "masked"), ("dpv:InferredPersonalData", "answer")];
        json!({
            "attribute": data["dct:identifier"][0],
            "view": chosen(text(data, "/@type/1"), &views),
            "needed": text(data, "/dpv:hasNecessity/0/@id") == "dpv:Required",
            "reason": data["dct:description"][0],
        })
    });
    let range = process.get("dct:temporal").map(|range| match text(range, "/0").split_once('/') {
        Some((from, to)) => json!({ "from_to": { "from": from, "to": to } }),
        None => json!({ "last_months": text(range, "/0").trim_matches(['P', 'M']).parse::<u32>().expect("a number") }),
    });
    let durations = &process["dpv:hasDuration"];
    let (start, end) =
        text(of_type(durations, "dpv:UntilTimeDuration").expect("an end"), "/dct:valid/0").split_once('/').expect("an interval");
    let frequency = &process["dpv:hasFrequency"][0];
    let most = frequency.get("rdf:value").map(|value| {
        let (count, window) = text(value, "/0").split_once('/').expect("a count in a window");
        json!({ "count": count.parse::<u32>().expect("a number"), "per": chosen(window, &[("PT1H", "hour"), ("P1D", "day"), ("P30D", "month")]) })
    });
    let modes = [("dpv:Consult", "view"), ("dpv:Store", "store"), ("dpv:Query", "query"), ("dpv:Transmit", "stream")];
    let contacts = [("dpv:NotAutomated", "none"), ("dpv:AssistiveAutomation", "drafts"), ("dpv:FullAutomation", "yes")];
    let onward: Vec<&Value> = process["dpv:hasRecipient"]
        .as_array()
        .expect("a list")
        .iter()
        .filter(|recipient| names(&recipient["@type"]).contains(&"dpv:DataProcessor"))
        .map(|processor| &processor["dpv:hasName"][0])
        .collect();
    let purpose = &process["dpv:hasPurpose"][0];
    let life = process.get("dpv:hasStorageCondition").map(|storage| text(storage, "/0/dpv:hasDuration/0"));
    parts([
        (
            "purpose",
            Some(json!({
                "code": purpose["dct:identifier"][0],
                "version": text(purpose, "/dct:hasVersion/0").parse::<u32>().expect("a number"),
            })),
        ),
        ("items", Some(items.collect())),
        ("mode", Some(json!(chosen(text(process, "/dpv:hasProcessing/0/@id"), &modes)))),
        ("data_range", range),
        ("not_before", (start != "..").then(|| json!(start))),
        ("expires_at", Some(json!(end))),
        ("fetch", Some(json!(if text(frequency, "/@type/0") == "dpv:SingularFrequency" { "once" } else { "periodic" }))),
        ("uses", of_type(durations, "dpv:FixedOccurrencesDuration").map(|uses| uses["rdf:value"][0].clone())),
        ("frequency", most),
        ("data_life_days", life.map(|days| json!(days.trim_matches(['P', 'D']).parse::<u32>().expect("a number")))),
        ("onward", (!onward.is_empty()).then(|| json!(onward))),
        ("predictions", Some(json!(process["dpv:hasProcessing"].as_array().is_some_and(|list| list.len() == 2)))),
        ("contact", Some(json!(chosen(text(process, "/dpv:hasAutomationLevel/0/@id"), &contacts)))),
    ])
}

pub(super) fn kantara(form: &Value) -> Value {
    use base64::Engine as _;
    let controller = &form["piiControllers"][0];
    let purpose = &form["services"][0]["purposes"][0];
    let (code, version) = text(purpose, "/purpose").rsplit_once('@').expect("a code and a version");
    let onward = purpose["thirdPartyName"].as_str().map(|names| json!(names.split('\n').collect::<Vec<_>>()));
    let notice = text(form, "/policyUrl").strip_prefix("ni:///sha-256;").map(|hash| {
        let bytes = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(hash).expect("base64url");
        json!({ "sha256": crate::ledger::hex(&bytes) })
    });
    let at = crate::clock::Timestamp::from_seconds(form["consentTimestamp"].as_i64().expect("a number"));
    parts([
        ("id", Some(form["consentReceiptID"].clone())),
        ("customer", Some(form["piiPrincipalId"].clone())),
        ("language", Some(form["language"].clone())),
        (
            "brand",
            Some(json!({
                "title": form["services"][0]["service"],
                "legal_name": controller["piiController"],
                "country": form["jurisdiction"],
                "contact": controller["contact"],
            })),
        ),
        ("dpv_purpose", Some(purpose["purposeCategory"][0].clone())),
        (
            "terms",
            Some(parts([
                ("purpose", Some(json!({ "code": code, "version": version.parse::<u32>().expect("a number") }))),
                ("items", Some(names(&purpose["piiCategory"]).iter().map(|attribute| json!({ "attribute": attribute })).collect())),
                ("expires_at", Some(purpose["termination"].clone())),
                ("onward", onward),
            ])),
        ),
        ("notice", notice),
        (
            "events",
            Some(json!([{
                "decision": text(form, "/collectionMethod").strip_prefix("Decision in the customer's vault: ").expect("a decision"),
                "at": at,
            }])),
        ),
    ])
}

/// From the artefact and the detail that is signed in it.
pub(super) fn depa(form: &Value, detail: &Value) -> Value {
    let (customer, keeper) = text(detail, "/Customer/id").split_once('@').expect("an address");
    let (_, version) = text(detail, "/Purpose/text").rsplit_once('@').expect("a version");
    let items = detail["Accounts"].as_array().expect("a list").iter();
    let frequency = (text(detail, "/Frequency/unit") != "YEAR")
        .then(|| json!({ "count": detail["Frequency"]["value"], "per": text(detail, "/Frequency/unit").to_lowercase() }));
    parts([
        ("id", Some(form["consentId"].clone())),
        ("keeper", Some(json!(keeper))),
        ("customer", Some(json!(customer))),
        ("brand", Some(json!({ "id": detail["DataConsumer"]["id"] }))),
        ("request", (form["txnid"] != form["consentId"]).then(|| form["txnid"].clone())),
        ("dpv_purpose", Some(detail["Purpose"]["refUri"].clone())),
        (
            "terms",
            Some(parts([
                ("purpose", Some(json!({ "code": detail["Purpose"]["code"], "version": version.parse::<u32>().expect("a number") }))),
                ("items", Some(items.map(|item| json!({ "attribute": item["accType"], "view": item["maskedAccNumber"] })).collect())),
                ("mode", Some(json!(text(detail, "/consentMode").to_lowercase()))),
                ("expires_at", Some(detail["consentExpiry"].clone())),
                ("fetch", Some(json!(if text(detail, "/fetchType") == "ONETIME" { "once" } else { "periodic" }))),
                ("frequency", frequency),
            ])),
        ),
        ("events", Some(json!([{ "at": form["createTimestamp"] }]))),
        ("used", Some(form["ConsentUse"]["count"].clone())),
        ("last_read", (form["ConsentUse"]["count"] != 0).then(|| form["ConsentUse"]["lastUseDateTime"].clone())),
    ])
}
