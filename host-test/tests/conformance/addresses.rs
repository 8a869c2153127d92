//! IP addresses as text, in and out.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::thread;

use serde_json::{Value, json};

use crate::{SERVER, facts};

/// Every form of two addresses that are known, and three that are not.
fn known() -> Value {
    json!({
        "203.0.113.7": true,
        "2001:db8::7": true,
        "2001:DB8:0:0:0:0:0:7": true,
        "2001:db8::0.0.0.7": true,
        // Of another family than the one that is known.
        "::ffff:203.0.113.7": false,
        "198.51.100.1": false,
        "2001:db8::8": false,
    })
}

#[test]
fn an_address_is_the_same_in_every_form() {
    assert_eq!(facts("/addresses/places"), known());
    assert_eq!(facts("/addresses/listed"), known());
}

#[test]
fn what_is_no_address_is_refused_in_the_function_s_own_words() {
    let invalid = "types.Error.INVALID_ARGUMENT";
    let wanted = json!({
        "geo": [invalid],
        "acl": ["acl.AclError.INVALID_ARGUMENT"],
        "inspect": [invalid],
        "good": ["ok"],
    });
    assert_eq!(facts("/addresses/refused"), wanted);
}

#[test]
fn both_ends_of_a_connection_have_an_address() {
    let wanted = json!({ "client": "127.0.0.1", "server": "127.0.0.1", "python": true, "made": [null, null] });
    assert_eq!(facts("/addresses/ends"), wanted);
    let port = SERVER.addr().port();
    assert_eq!(facts("/addresses/remote"), json!({ "status": 200, "addr": "127.0.0.1", "port": port }));
}

#[test]
fn an_address_of_ipv6_comes_in_its_shortest_form() {
    // Not every machine has it.
    let Ok(listener) = TcpListener::bind("[::1]:0") else { return };
    let addr = listener.local_addr().expect("its address");
    let answer = thread::spawn(move || {
        let (mut socket, _) = listener.accept().expect("the app connects");
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            socket.read_exact(&mut byte).expect("the head of a request");
            head.extend(byte);
        }
        socket.write_all(b"HTTP/1.1 204 No Content\r\n\r\n").expect("the app reads");
    });
    let found = facts(&format!("/addresses/remote?target={addr}"));
    assert_eq!(found, json!({ "status": 204, "addr": "::1", "port": addr.port() }));
    answer.join().expect("it was asked once");
}
