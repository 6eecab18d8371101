//! The stub as a process of its own. Prints its address, then serves until its standard input ends.

use std::io::{self, Write as _};
use std::rc::Rc;

use bench::stub::{Stub, http};
use tokio::net::TcpListener;
use tokio::task::LocalSet;

#[tokio::main(flavor = "current_thread")]
async fn main() -> io::Result<()> {
    // It ends with whoever started it, however that ends; and what polls it ends then, too.
    std::thread::spawn(|| {
        let _ = io::copy(&mut io::stdin(), &mut io::sink());
        std::process::exit(0);
    });
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    let base = format!("http://{}", listener.local_addr()?);
    let stub = Rc::new(Stub::new(base.clone())?);
    writeln!(io::stdout(), "{base}")?;
    let answer = Rc::new(async move |request| stub.answer(request).await);
    LocalSet::new().run_until(http::serve(listener, answer)).await
}
