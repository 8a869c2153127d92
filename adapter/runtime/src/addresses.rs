//! IP addresses: text for Python, tuples for a host.
//!
//! Text is what `str(ipaddress.ip_address(x))` gives, so both directions meet Python's own library.
//! A scope (`fe80::1%eth0`) is refused: Python has a place for it and no host does, and an address
//! without its scope is another one.

use alloc::string::String;
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::errors::Invalid;

/// An IPv4 address as hosts have it.
pub type Octets = (u8, u8, u8, u8);

/// An IPv6 address as hosts have it.
pub type Segments = (u16, u16, u16, u16, u16, u16, u16, u16);

/// Reads an address of either family: every form of RFC 4291, nothing around it, no port, no prefix length.
///
/// An IPv4-mapped address stays an IPv6 one.
pub fn parse4or6(text: &str) -> Result<IpAddr, Invalid> {
    text.parse().map_err(|_| Invalid)
}

/// The form of RFC 5952: lower case, the first of the longest runs of zeros left out.
///
/// An IPv4-mapped address ends in a dotted quad, as Python has it from 3.13 on.
///
/// Written here, and held against the standard library's in tests: that one formats, which brings 6 KB of
/// code into a guest that formats nothing else.
pub fn to_text(address: IpAddr) -> String {
    let mut text = String::new();
    match address {
        IpAddr::V4(address) => dotted(&mut text, address),
        IpAddr::V6(address) => match address.to_ipv4_mapped() {
            Some(mapped) => {
                text.push_str("::ffff:");
                dotted(&mut text, mapped);
            }
            None => colons(&mut text, address.segments()),
        },
    }
    text
}

fn dotted(text: &mut String, address: Ipv4Addr) {
    for (index, octet) in address.octets().into_iter().enumerate() {
        if index > 0 {
            text.push('.');
        }
        number(text, octet.into(), 10);
    }
}

fn colons(text: &mut String, segments: [u16; 8]) {
    let (start, length) = longest_run(segments);
    for (index, segment) in segments.into_iter().enumerate() {
        let in_run = length > 1 && (start..start + length).contains(&index);
        if in_run {
            if index == start {
                text.push_str("::");
            }
            continue;
        }
        if index > 0 && !text.ends_with(':') {
            text.push(':');
        }
        number(text, segment, 16);
    }
}

/// Where the first of the longest runs of zeros starts, and how long it is.
fn longest_run(segments: [u16; 8]) -> (usize, usize) {
    let mut longest = (0, 0);
    let mut run = (0, 0);
    for (index, segment) in segments.into_iter().enumerate() {
        run = if segment != 0 { (index + 1, 0) } else { (run.0, run.1 + 1) };
        if run.1 > longest.1 {
            longest = run;
        }
    }
    longest
}

/// A number without leading zeros.
fn number(text: &mut String, value: u16, base: u16) {
    if value >= base {
        number(text, value / base, base);
    }
    text.extend(char::from_digit(u32::from(value % base), u32::from(base)));
}

/// The octets of an IPv4 address.
pub fn v4_octets(address: Ipv4Addr) -> Octets {
    address.octets().into()
}

/// The address of four octets.
pub fn from_v4(octets: Octets) -> IpAddr {
    <[u8; 4]>::from(octets).into()
}

/// The segments of an IPv6 address.
pub fn v6_segments(address: Ipv6Addr) -> Segments {
    address.segments().into()
}

/// The address of eight segments.
pub fn from_v6(segments: Segments) -> IpAddr {
    <[u16; 8]>::from(segments).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn text_is_that_of_the_standard_library(bits: u128, zeros: u128, four: u32, few in 0usize..=8) {
            let spread = Ipv6Addr::from_bits(bits & zeros);
            let mut segments = Ipv6Addr::from_bits(bits).segments();
            segments.iter_mut().take(few).for_each(|segment| *segment = 0);
            let mapped = Ipv4Addr::from_bits(four).to_ipv6_mapped();
            for address in [spread, segments.into(), mapped].map(IpAddr::V6) {
                prop_assert_eq!(to_text(address), std::format!("{address}"));
            }
            let address = IpAddr::V4(Ipv4Addr::from_bits(four));
            prop_assert_eq!(to_text(address), std::format!("{address}"));
        }

        #[test]
        fn text_of_four_octets_reads_back(octets: Octets) {
            let expected = Ipv4Addr::new(octets.0, octets.1, octets.2, octets.3);
            let address = from_v4(octets);
            prop_assert_eq!(address, IpAddr::V4(expected));
            prop_assert_eq!(v4_octets(expected), octets);
            prop_assert_eq!(parse4or6(&to_text(address)), Ok(address));
        }

        #[test]
        fn text_of_eight_segments_reads_back(bits: u128, zeros: u128) {
            // Two random masks: zeros are common enough for runs of them.
            let expected = Ipv6Addr::from_bits(bits & zeros);
            let segments = v6_segments(expected);
            let address = from_v6(segments);
            prop_assert_eq!(address, IpAddr::V6(expected));
            prop_assert_eq!(segments.0, expected.segments()[0]);
            prop_assert_eq!(segments.7, expected.segments()[7]);
            prop_assert_eq!(parse4or6(&to_text(address)), Ok(address));
        }

        #[test]
        fn nothing_is_read_around_an_address(address: IpAddr, around in "[ \\t\n\0/:%,\\]\\[]") {
            let text = to_text(address);
            prop_assert_eq!(parse4or6(&(around.clone() + &text)), Err(Invalid));
            prop_assert_eq!(parse4or6(&(text + &around)), Err(Invalid));
        }
    }

    #[test]
    fn text_is_that_of_rfc_5952() {
        for (given, expected) in [
            ("127.0.0.1", "127.0.0.1"),
            ("::", "::"),
            ("0:0:0:0:0:0:0:1", "::1"),
            ("2001:0DB8::0001", "2001:db8::1"),
            ("2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"),
            ("2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"),
            ("2001:0:0:1:0:0:0:1", "2001:0:0:1::1"),
            ("::ffff:1.2.3.4", "::ffff:1.2.3.4"),
            ("::ffff:102:304", "::ffff:1.2.3.4"),
            ("64:ff9b::192.0.2.33", "64:ff9b::c000:221"),
            ("::1.2.3.4", "::102:304"),
        ] {
            assert_eq!(parse4or6(given).map(to_text).as_deref(), Ok(expected), "{given}");
        }
    }

    #[test]
    fn a_mapped_address_stays_of_its_family() {
        assert!(parse4or6("::ffff:1.2.3.4").unwrap().is_ipv6());
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for text in [
            "",
            " ",
            "localhost",
            "1.2.3",
            "1.2.3.4.5",
            "1.2.3.256",
            "01.2.3.4",
            "0x1.2.3.4",
            "16909060",
            "1.2.3.4:80",
            "[::1]",
            "[::1]:80",
            "::1/128",
            "1.2.3.4/32",
            "fe80::1%eth0",
            "fe80::1%1",
            "::1%",
            "1::2::3",
            ":::",
            "12345::",
            "::g",
            "1:2:3:4:5:6:7",
            "1:2:3:4:5:6:7:8:9",
            "::ffff:1.2.3.256",
            "::1.2.3.4:5",
            "١.2.3.4",
        ] {
            assert_eq!(parse4or6(text), Err(Invalid), "{text:?}");
        }
    }
}
