//! System packages, on machines that have apt and only for root.

use std::process::Stdio;

use crate::run;

/// Whether this process may do everything.
pub(crate) fn is_root() -> bool {
    run::capture(run::program("id").arg("-u")).is_ok_and(|id| id.trim() == "0")
}

/// Installs these packages. Err: what a person has to install, and why we did not.
pub(crate) fn install(packages: &[&str]) -> Result<(), String> {
    let wanted = packages.join(" ");
    if run::find("apt-get").is_none() {
        return Err(format!("install it first (packages on Debian: {wanted})"));
    }
    if !is_root() {
        return Err(format!("install it first: sudo apt-get install {wanted}"));
    }
    println!("installing {wanted} through apt");
    let apt = |arguments: &[&str]| {
        run::check(run::program("apt-get").args(arguments).env("DEBIAN_FRONTEND", "noninteractive").stdout(Stdio::null()))
    };
    apt(&["update", "-qq"])
        .and_then(|()| {
            let mut arguments = vec!["install", "-y", "-qq", "--no-install-recommends", "--no-upgrade"];
            arguments.extend(packages);
            apt(&arguments)
        })
        .map_err(|error| format!("apt could not install {wanted}: {error}"))
}
