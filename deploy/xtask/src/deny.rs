//! Holds .deny.toml against the dependency graph, without the network; cargo-deny too, where it is installed.

use std::collections::HashMap;

use serde_json::Value;

use crate::cargo::cargo;
use crate::license;
use crate::policy::Policy;
use crate::run;
use crate::session::{Session, root};
use crate::summary::Tally;

/// How cargo names crates.io, whatever mirror serves it.
const CRATES_IO: &str = "registry+https://github.com/rust-lang/crates.io-index";

pub(crate) fn run(_: &Session) -> Tally {
    let mut tally = match graph() {
        Ok((policy, graph)) => {
            let mut tally = Tally::default();
            for (name, wrong) in
                [("licences", licenses(&policy, &graph)), ("fences", fences(&policy, &graph)), ("sources", sources(&graph))]
            {
                tally.add(if wrong.is_empty() { Ok(()) } else { Err(format!("{name}: {}", wrong.join("; "))) });
            }
            tally
        }
        Err(error) => Tally::of(Err(error)),
    };
    if run::find("cargo-deny").is_some() {
        tally.add(run::check(cargo().args(["deny", "--offline", "check", "licenses", "bans", "sources"])));
    }
    tally.skipped.push("advisories: they need the network; run `cargo deny check advisories`".into());
    tally
}

fn graph() -> Result<(Policy, Value), String> {
    let text = std::fs::read_to_string(root().join(".deny.toml")).map_err(|error| format!(".deny.toml: {error}"))?;
    let policy = Policy::read(&text)?;
    let mut command = cargo();
    command.args(["metadata", "--format-version", "1", "--all-features"]);
    for target in &policy.targets {
        command.args(["--filter-platform", target]);
    }
    let graph = serde_json::from_str(&run::capture(&mut command)?).map_err(|error| format!("cargo metadata: {error}"))?;
    Ok((policy, graph))
}

fn licenses(policy: &Policy, graph: &Value) -> Vec<String> {
    let wrong = |package: &Value| {
        let (name, license) = (text(&package["name"]), text(&package["license"]));
        let own = policy.exceptions.iter().filter(|exception| exception.name == name).flat_map(|exception| &exception.licenses);
        let allowed: Vec<String> = policy.licenses.iter().chain(own).cloned().collect();
        match license::is_met(license, &allowed) {
            Ok(true) => None,
            Ok(false) => Some(format!("{name} is under {license}")),
            Err(error) => Some(format!("{name}: {error}")),
        }
    };
    list(&graph["packages"]).filter_map(wrong).collect()
}

fn fences(policy: &Policy, graph: &Value) -> Vec<String> {
    let names: HashMap<&str, &str> = list(&graph["packages"]).map(|package| (text(&package["id"]), text(&package["name"]))).collect();
    let name = |id: &Value| names.get(text(id)).copied().unwrap_or_default();
    let mut wrong = Vec::new();
    for node in list(&graph["resolve"]["nodes"]) {
        for dependency in list(&node["deps"]) {
            let (from, to) = (name(&node["id"]), name(&dependency["pkg"]));
            for fence in policy.fences.iter().filter(|fence| fence.name == to) {
                if !fence.wrappers.iter().any(|wrapper| wrapper == from) {
                    wrong.push(format!("{from} depends on {to}: {}", fence.reason));
                }
            }
        }
    }
    wrong
}

fn sources(graph: &Value) -> Vec<String> {
    let members: Vec<&str> = list(&graph["workspace_members"]).map(text).collect();
    let mut wrong = Vec::new();
    for package in list(&graph["packages"]) {
        let (id, name, source) = (text(&package["id"]), text(&package["name"]), text(&package["source"]));
        let ours = members.contains(&id);
        if !ours && source != CRATES_IO {
            wrong.push(format!("{name} comes from elsewhere than crates.io"));
        }
        for dependency in list(&package["dependencies"]).filter(|_| ours) {
            if text(&dependency["req"]) == "*" && dependency["path"].is_null() {
                wrong.push(format!("{name} takes any version of {}", text(&dependency["name"])));
            }
        }
    }
    wrong
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::Fence;
    use serde_json::json;

    fn policy() -> Policy {
        let fence = Fence { name: "tonic".into(), wrappers: vec!["edge".into()], reason: "edge alone".into() };
        Policy { licenses: vec!["MIT".into()], exceptions: Vec::new(), targets: Vec::new(), fences: vec![fence] }
    }

    /// `edge` depends on tonic; so does `from`.
    fn graph(from: &str, license: &str, source: &str) -> Value {
        let package =
            |name: &str, source: &str| json!({"id": name, "name": name, "license": license, "source": source, "dependencies": []});
        let node = |id: &str| json!({"id": id, "deps": [{"pkg": "tonic"}]});
        json!({
            "packages": [package("edge", ""), package("core", ""), package("tonic", source)],
            "resolve": {"nodes": [node("edge"), node(from), {"id": "tonic", "deps": []}]},
            "workspace_members": ["edge", "core"],
        })
    }

    #[test]
    fn a_crate_behind_a_fence_is_reached_by_its_wrappers_alone() {
        assert_eq!(fences(&policy(), &graph("edge", "MIT", CRATES_IO)), Vec::<String>::new());
        assert_eq!(fences(&policy(), &graph("core", "MIT", CRATES_IO)), ["core depends on tonic: edge alone"]);
    }

    #[test]
    fn a_license_that_is_not_allowed_or_missing_is_named() {
        assert!(licenses(&policy(), &graph("edge", "MIT", CRATES_IO)).is_empty());
        assert_eq!(licenses(&policy(), &graph("edge", "GPL-3.0", CRATES_IO)).len(), 3);
        assert_eq!(licenses(&policy(), &graph("edge", "", CRATES_IO)).len(), 3);
    }

    #[test]
    fn a_crate_with_an_exception_is_let_through_and_no_other() {
        let exception = crate::policy::Exception { name: "tonic".into(), licenses: vec!["MPL-2.0".into()] };
        let policy = Policy { exceptions: vec![exception], ..policy() };
        assert_eq!(licenses(&policy, &graph("edge", "MPL-2.0", CRATES_IO)), ["edge is under MPL-2.0", "core is under MPL-2.0"]);
    }

    #[test]
    fn code_from_elsewhere_and_any_version_are_named() {
        assert!(sources(&graph("edge", "MIT", CRATES_IO)).is_empty());
        for source in ["", "git+https://example.org/tonic", "registry+https://example.org/index"] {
            assert_eq!(sources(&graph("edge", "MIT", source)).len(), 1, "{source}");
        }
        let mut graph = graph("edge", "MIT", CRATES_IO);
        graph["packages"][0]["dependencies"] = json!([{"name": "x", "req": "*"}, {"name": "core", "req": "*", "path": "core"}]);
        assert_eq!(sources(&graph), ["edge takes any version of x"]);
    }
}
