//! The real program with the profiles that the AWS CLI writes, against a server that stands for AWS.

#![expect(clippy::unwrap_used, reason = "a test has no other way to fail")]

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::thread;

/// As `aws configure sso` and `aws login` leave it.
const CONFIG: &str = "\
[profile single]
region = eu-north-1
sso_session = corp
sso_account_id = 111122223333
sso_role_name = Operator
[sso-session corp]
sso_region = eu-north-1
sso_start_url = https://corp.awsapps.com/start
[profile console]
region = eu-north-1
login_session = arn:aws:iam::111122223333:user/Admin
";

/// As `aws sso login` leaves it; the file is named by the SHA-1 of the session's name.
const SSO_TOKEN: (&str, &str) = (
    ".aws/sso/cache/ee0bfd2552fbd840c02cc48b6e823320543c450f.json",
    r#"{"startUrl": "https://corp.awsapps.com/start", "region": "eu-north-1",
        "accessToken": "sso-token", "expiresAt": "2999-01-01T00:00:00Z"}"#,
);

/// As `aws login` leaves it; the file is named by the SHA-256 of the session's ARN.
const LOGIN_TOKEN: (&str, &str) = (
    ".aws/login/cache/15ad6a9800868e2ba5939d78849f67465e0f8392752060b3bfa16b8e10b47063.json",
    r#"{"accessToken": {"accessKeyId": "ASIALOGIN", "secretAccessKey": "s", "sessionToken": "t",
        "accountId": "111122223333", "expiresAt": "2999-01-01T00:00:00Z"},
        "tokenType": "urn:aws:params:oauth:token-type:access_token_sigv4", "refreshToken": "r", "idToken": "i",
        "clientId": "arn:aws:signin:::devtools/same-device", "dpopKey": "k"}"#,
);

/// What single sign-on gives for its token.
const ROLE: &str = r#"{"roleCredentials": {"accessKeyId": "ASIASSO", "secretAccessKey": "s", "sessionToken": "t",
    "expiration": 32472144000000}}"#;

/// What CloudFormation says where a stack is not there.
const NO_STACK: &str = "<ErrorResponse><Error><Type>Sender</Type><Code>ValidationError</Code>\
    <Message>Stack with id bridge does not exist</Message></Error></ErrorResponse>";

/// A server that stands for AWS, and the heads of the requests that it got.
fn aws() -> (String, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let heads = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&heads);
    thread::spawn(move || {
        for stream in listener.incoming() {
            answer(stream.unwrap(), &kept);
        }
    });
    (base, heads)
}

fn answer(mut stream: TcpStream, heads: &Mutex<Vec<String>>) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte).unwrap();
        head.push(byte[0]);
    }
    let head = String::from_utf8(head).unwrap();
    let header = |line: &str| line.to_ascii_lowercase().strip_prefix("content-length: ")?.parse().ok();
    let length: usize = head.lines().find_map(header).unwrap_or(0);
    stream.read_exact(&mut vec![0; length]).unwrap();
    let (status, body) = if head.starts_with("GET /federation/credentials") { (200, ROLE) } else { (400, NO_STACK) };
    heads.lock().unwrap().push(head);
    let length = body.len();
    let head = format!("HTTP/1.1 {status} Scripted\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n");
    stream.write_all(format!("{head}{body}").as_bytes()).unwrap();
}

/// A home folder with these files beside the profiles.
fn home(name: &str, files: &[(&str, &str)]) -> PathBuf {
    let home = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&home);
    for (file, text) in [(".aws/config", CONFIG)].iter().chain(files) {
        let path = home.join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    home
}

/// What the program says of a stack that is not there, by this profile.
fn bridgectl(home: &Path, profile: &str, endpoint: &str) -> (i32, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_bridgectl"));
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("AWS_") || name.starts_with("BRIDGE_")) {
        command.env_remove(name);
    }
    command.env("HOME", home).env("AWS_PROFILE", profile).env("AWS_ENDPOINT_URL", endpoint);
    command.env("AWS_EC2_METADATA_DISABLED", "true").env("NO_PROXY", "127.0.0.1");
    let output = command.args(["--stack", "bridge", "tenant", "list"]).output().unwrap();
    (output.status.code().unwrap(), String::from_utf8(output.stderr).unwrap())
}

#[test]
fn whoever_logged_in_by_single_sign_on_is_known() {
    let (base, heads) = aws();
    let (code, said) = bridgectl(&home("single", &[SSO_TOKEN]), "single", &base);
    assert_eq!(code, 3);
    assert!(said.contains("there is no stack bridge in eu-north-1"), "{said}");
    let heads = heads.lock().unwrap();
    assert!(heads[0].contains("account_id=111122223333") && heads[0].contains("role_name=Operator"), "{heads:?}");
    assert!(heads[0].contains("sso-token"), "{heads:?}");
    assert!(heads[1].contains("Credential=ASIASSO/"), "{heads:?}");
}

#[test]
fn whoever_logged_in_by_the_console_is_known() {
    let (base, heads) = aws();
    let (code, said) = bridgectl(&home("console", &[LOGIN_TOKEN]), "console", &base);
    assert_eq!(code, 3);
    assert!(said.contains("there is no stack bridge in eu-north-1"), "{said}");
    assert!(heads.lock().unwrap()[0].contains("Credential=ASIALOGIN/"), "{heads:?}");
}

#[test]
fn whoever_has_not_logged_in_is_told_how() {
    let (base, heads) = aws();
    let home = home("nobody", &[]);
    for (profile, why) in [("single", "cached SSO token"), ("console", ".aws/login/cache/")] {
        let (code, said) = bridgectl(&home, profile, &base);
        assert_eq!(code, 3);
        assert!(said.contains("no AWS credentials were found") && said.contains("aws sso login"), "{said}");
        assert!(said.contains(why), "{said}");
    }
    assert!(heads.lock().unwrap().is_empty());
}
