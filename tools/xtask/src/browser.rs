//! A browser for the end-to-end test: an installed one, or on Debian its packages unpacked below `.tools/`. Without
//! one, the checks that need it are skipped.

use std::env;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use crate::process_group::ProcessGroup;
use crate::steps::{Failure, Steps};
use crate::workspace::Workspace;

/// The packages, and with them what they need and this machine has not.
const PACKAGES: [&str; 2] = ["chromium", "chromium-driver"];

const PATIENCE: Duration = Duration::from_secs(20);

/// A browser, and the program that drives it.
struct Browser {
    chromium: PathBuf,
    driver: PathBuf,
    /// Where they were unpacked, if they were.
    unpacked: Option<PathBuf>,
}

/// A driver at work; it ends when dropped, and its browsers with it.
pub struct Driver {
    variables: Vec<(String, String)>,
    _process: ProcessGroup,
}

impl Driver {
    /// Finds or fetches a browser, and starts its driver. `None` where there is none: why is in the tally.
    pub fn start(workspace: &Workspace, steps: &mut Steps) -> Option<Self> {
        let started =
            found().map_or_else(|| unpacked(workspace, steps), Ok).and_then(|browser| drive(workspace, &browser));
        match started {
            Ok(driver) => Some(driver),
            Err(reason) => {
                steps.left_out("checks in a browser", &reason.to_string());
                None
            }
        }
    }

    /// What a program needs to find it.
    pub fn variables(&self) -> impl Iterator<Item = (&str, &str)> {
        self.variables.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

/// By `CHROMIUM` and `CHROMEDRIVER`, else by the path.
fn found() -> Option<Browser> {
    let named = |name: &str| env::var_os(name).map(PathBuf::from);
    let program = |names: &[&str]| {
        let folders: Vec<PathBuf> = env::split_paths(&env::var_os("PATH")?).collect();
        let files = names.iter().flat_map(|name| folders.iter().map(move |folder| folder.join(name)));
        files.into_iter().find(|file| file.is_file())
    };
    let chromium = named("CHROMIUM").or_else(|| program(&["chromium", "chromium-browser", "google-chrome"]))?;
    let driver = named("CHROMEDRIVER").or_else(|| program(&["chromedriver"]))?;
    Some(Browser { chromium, driver, unpacked: None })
}

/// Debian's own packages. Nothing of the machine's is changed, and no rights are needed: the lists of packages, too, are
/// kept below `.tools/`.
fn unpacked(workspace: &Workspace, steps: &mut Steps) -> Result<Browser, Failure> {
    let release = fs::read_to_string("/etc/os-release").unwrap_or_default();
    if !release.lines().any(|line| line == "ID=debian") {
        return Err(Failure::new(
            "no chromium and chromedriver on the path, nor named by CHROMIUM and CHROMEDRIVER, and only Debian's can be fetched",
        ));
    }
    let home = workspace.root.join(".tools/browser");
    let root = home.join("root");
    let browser = Browser {
        chromium: root.join("usr/lib/chromium/chromium"),
        driver: root.join("usr/bin/chromedriver"),
        unpacked: Some(root.clone()),
    };
    // Written last: what was broken off is not taken for whole.
    let stamp = home.join("unpacked");
    if stamp.is_file() {
        return Ok(browser);
    }
    let _ = fs::remove_dir_all(&home);
    let unwritable = |e| Failure::new(format!("{}: {e}", home.display()));
    for folder in ["state/lists/partial", "cache/archives/partial", "root"] {
        fs::create_dir_all(home.join(folder)).map_err(unwritable)?;
    }
    steps.command("tools: lists of Debian's packages", apt(&home).arg("update"))?;
    let mut download = apt(&home);
    // Also where one of the two is installed: nothing of it would be fetched else.
    download.args(["--yes", "--download-only", "--reinstall", "--no-install-recommends", "install"]).args(PACKAGES);
    steps.command("tools: chromium", &mut download)?;
    steps.step("tools: chromium unpacked", || unpack(&home.join("cache/archives"), &root))?;
    let _ = fs::remove_dir_all(home.join("cache"));
    let _ = fs::remove_dir_all(home.join("state"));
    fs::write(stamp, "").map_err(unwritable)?;
    Ok(browser)
}

/// `apt-get` on lists and a store of its own, against what is installed here.
fn apt(home: &Path) -> Command {
    let mut command = Command::new("apt-get");
    command.arg("--quiet");
    for option in [
        format!("Dir::State={}", home.join("state").display()),
        "Dir::State::status=/var/lib/dpkg/status".to_owned(),
        format!("Dir::Cache={}", home.join("cache").display()),
        "Debug::NoLocking=1".to_owned(),
        "APT::Sandbox::User=".to_owned(),
    ] {
        command.args(["--option", &option]);
    }
    command
}

fn unpack(archives: &Path, root: &Path) -> Result<(), Failure> {
    let failed = |e| Failure::new(format!("{}: {e}", archives.display()));
    let files = fs::read_dir(archives).map_err(failed)?.flatten().map(|entry| entry.path());
    for archive in files.filter(|path| path.extension().is_some_and(|extension| extension == "deb")) {
        let unpacked = Command::new("dpkg-deb").arg("-x").arg(&archive).arg(root).status().map_err(failed)?;
        if !unpacked.success() {
            return Err(Failure::new(format!("dpkg-deb -x {}: {unpacked}", archive.display())));
        }
    }
    Ok(())
}

fn drive(workspace: &Workspace, browser: &Browser) -> Result<Driver, Failure> {
    let mut command = Command::new(&browser.driver);
    command.current_dir(workspace.local()).arg("--port=0");
    if let Some(root) = &browser.unpacked {
        command.env("LD_LIBRARY_PATH", libraries(root));
        if !Path::new("/etc/fonts/fonts.conf").is_file() {
            command.env("FONTCONFIG_SYSROOT", root);
        }
    }
    let failed = |e| Failure::new(format!("chromedriver: {e}"));
    let mut process = ProcessGroup::start(&command, workspace.log("chromedriver")?, true).map_err(failed)?;
    let output = process.output().ok_or_else(|| Failure::new("chromedriver: no output"))?;
    let (said, hears) = mpsc::channel();
    thread::spawn(move || {
        // Read to its end, so that a talkative driver is never stopped by a full pipe.
        for line in BufReader::new(output).lines().map_while(Result::ok) {
            let _ = port(&line).map(|port| said.send(port));
        }
    });
    let port = hears
        .recv_timeout(PATIENCE)
        .map_err(|_| Failure::new("chromedriver did not start, see .local/logs/chromedriver.log"))?;
    let screenshots = workspace.local().join("screenshots");
    fs::create_dir_all(&screenshots).map_err(failed)?;
    let variables = vec![
        ("WEBDRIVER_URL".to_owned(), format!("http://127.0.0.1:{port}")),
        ("CHROMIUM".to_owned(), browser.chromium.display().to_string()),
        ("SCREENSHOTS".to_owned(), screenshots.display().to_string()),
    ];
    Ok(Driver { variables, _process: process })
}

/// "ChromeDriver was started successfully on port 40123."
fn port(line: &str) -> Option<u16> {
    let (_, rest) = line.split_once("started successfully on port ")?;
    rest.trim_end_matches('.').parse().ok()
}

/// Every folder of libraries in what was unpacked: some packages have one of their own.
fn libraries(root: &Path) -> String {
    let mut folders = Vec::new();
    for base in ["usr/lib", "lib"] {
        let machine = root.join(base).join(format!("{}-linux-gnu", env::consts::ARCH));
        let below = fs::read_dir(&machine).into_iter().flatten().flatten().map(|entry| entry.path());
        let below: Vec<PathBuf> = below.filter(|path| path.is_dir()).collect();
        folders.push(machine);
        folders.extend(below);
    }
    folders.iter().map(|folder| folder.display().to_string()).collect::<Vec<_>>().join(":")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_driver_says_its_port_in_a_sentence() {
        assert_eq!(port("ChromeDriver was started successfully on port 40123."), Some(40123));
        assert_eq!(port("Starting ChromeDriver 156.0 on port 0"), None);
        assert_eq!(port("started successfully on port x."), None);
    }
}
