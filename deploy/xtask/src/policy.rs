//! Reads of .deny.toml what our own checks hold: licences, targets and fences.
//! It knows the form that file keeps (one fence a line), not all of TOML, and refuses what it cannot read.

/// What .deny.toml allows.
#[derive(Debug)]
pub(crate) struct Policy {
    /// SPDX identifiers, with their exception if they have one.
    pub(crate) licenses: Vec<String>,
    /// Crates that may be under other licences too.
    pub(crate) exceptions: Vec<Exception>,
    /// Target triples whose dependencies count.
    pub(crate) targets: Vec<String>,
    pub(crate) fences: Vec<Fence>,
}

/// A crate that only these may depend on directly; nobody may if there are none.
#[derive(Debug)]
pub(crate) struct Fence {
    pub(crate) name: String,
    pub(crate) wrappers: Vec<String>,
    pub(crate) reason: String,
}

/// A crate that may be under these licences too.
#[derive(Debug)]
pub(crate) struct Exception {
    pub(crate) name: String,
    pub(crate) licenses: Vec<String>,
}

impl Policy {
    pub(crate) fn read(text: &str) -> Result<Self, String> {
        let licenses = array(text, "[licenses]", "allow")?.into_iter().flat_map(quoted).collect();
        let exceptions = match array(text, "[licenses]", "exceptions") {
            Ok(lines) => lines.into_iter().map(exception).collect::<Result<_, _>>()?,
            Err(_) => Vec::new(),
        };
        let targets = array(text, "[graph]", "targets")?.into_iter().flat_map(quoted).collect();
        let fences = array(text, "[bans]", "deny")?.into_iter().map(fence).collect::<Result<_, _>>()?;
        Ok(Self { licenses, exceptions, targets, fences })
    }
}

/// The lines of `key = [ .. ]` in a section, without comments; at least one.
fn array<'a>(text: &'a str, section: &str, key: &str) -> Result<Vec<&'a str>, String> {
    let mut lines = text.lines().map(str::trim).skip_while(|line| *line != section).skip(1);
    let opening = format!("{key} = [");
    lines
        .by_ref()
        .take_while(|line| !line.starts_with('['))
        .find(|line| *line == opening)
        .ok_or_else(|| format!(".deny.toml: no line `{opening}` in {section}"))?;
    let entries: Vec<&str> = lines.take_while(|line| *line != "]").filter(|line| !line.is_empty() && !line.starts_with('#')).collect();
    if entries.is_empty() { Err(format!(".deny.toml: {key} in {section} is empty")) } else { Ok(entries) }
}

fn fence(line: &str) -> Result<Fence, String> {
    let field = |key: &str, end: char| {
        let (_, rest) = line.split_once(&format!("{key} = "))?;
        Some(rest.get(1..)?.split_once(end)?.0)
    };
    let name = field("crate", '"').ok_or_else(|| format!(".deny.toml: not a fence: {line}"))?;
    let wrappers = match field("wrappers", ']') {
        Some(list) => quoted(list),
        None if line.contains("wrappers") => return Err(format!(".deny.toml: wrappers of {name} end on another line")),
        None => Vec::new(),
    };
    let reason = field("reason", '"').ok_or_else(|| format!(".deny.toml: the fence around {name} has no reason"))?;
    Ok(Fence { name: name.into(), wrappers, reason: reason.into() })
}

fn exception(line: &str) -> Result<Exception, String> {
    let field = |key: &str, end: char| Some(line.split_once(&format!("{key} = "))?.1.get(1..)?.split_once(end)?.0);
    match (field("crate", '"'), field("allow", ']').map(quoted)) {
        (Some(name), Some(licenses)) if !licenses.is_empty() => Ok(Exception { name: name.into(), licenses }),
        _ => Err(format!(".deny.toml: not an exception: {line}")),
    }
}

/// What stands between quotation marks.
fn quoted(line: &str) -> Vec<String> {
    line.split('"').skip(1).step_by(2).map(String::from).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_policy_of_this_repository_is_read_whole() {
        let text = std::fs::read_to_string(crate::session::root().join(".deny.toml")).unwrap();
        let policy = Policy::read(&text).unwrap();
        let fence = |name: &str| policy.fences.iter().find(|fence| fence.name == name).unwrap();
        assert_eq!(fence("webauthn-rs").wrappers, ["coffret-vault"]);
        assert!(fence("aes-gcm").wrappers.iter().filter(|name| name.starts_with("coffret-")).eq(["coffret-envelope"]));
        assert!(fence("tonic").wrappers.iter().all(|name| name.starts_with("coffret-") || name.starts_with("tonic-")));
        assert!(fence("tonic").wrappers.iter().all(|name| name != "coffret-vault"));
        assert!(fence("openssl-sys").wrappers.is_empty());
        let crates = text.lines().filter(|line| line.contains("crate = ")).count();
        assert_eq!(policy.fences.len() + policy.exceptions.len(), crates);
        let of = |license: &str| policy.exceptions.iter().filter(|one| one.licenses == [license]).count();
        assert!(of("MPL-2.0") > 0 && of("MPL-2.0") + 1 == policy.exceptions.len());
        assert!(policy.exceptions.iter().all(|one| (one.name == "libfuzzer-sys") == (one.licenses == ["NCSA"])));
        assert_eq!(fence("libfuzzer-sys").wrappers, ["coffret-fuzz"]);
        assert!(policy.licenses.contains(&"MIT".into()) && policy.licenses.iter().all(|id| !id.contains("GPL")));
        assert_eq!(policy.targets.len(), 3);
    }

    #[test]
    fn what_cannot_be_read_is_refused() {
        let whole = "[graph]\ntargets = [\n\"t\",\n]\n[licenses]\nallow = [\n\"MIT\",\n]\n[bans]\ndeny = [\nFENCE\n]\n";
        let good = r#"{ crate = "a", wrappers = ["b", "c"], reason = "r" },"#;
        assert_eq!(Policy::read(&whole.replace("FENCE", good)).unwrap().fences[0].wrappers, ["b", "c"]);
        for bad in ["", "# nothing", r#"{ name = "a", reason = "r" }"#, r#"{ crate = "a" }"#, r#"{ crate = "a", wrappers = ["#] {
            assert!(Policy::read(&whole.replace("FENCE", bad)).is_err(), "{bad}");
        }
        assert!(Policy::read(&whole.replace("FENCE", good).replace("[licenses]", "[other]")).is_err());
    }
}
