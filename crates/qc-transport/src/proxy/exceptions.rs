//! The hosts that are asked without a proxy.

use std::net::IpAddr;

use ipnet::IpNet;

/// The entries of `NO_PROXY`.
#[derive(Debug, Default)]
pub(super) struct Exceptions(Vec<Entry>);

#[derive(Debug, PartialEq, Eq)]
struct Entry {
    host: Host,
    port: Option<u16>,
}

#[derive(Debug, PartialEq, Eq)]
enum Host {
    Any,
    Net(IpNet),
    /// In small letters; its subdomains are meant too.
    Domain(String),
}

impl Exceptions {
    /// Entries with commas or spaces between them. None can be wrong: what is no address is a name.
    pub(super) fn parse(list: &str) -> Self {
        let entries = list.split([',', ' ', '\t']).filter(|entry| !entry.is_empty());
        Self(entries.map(Entry::parse).collect())
    }

    /// Whether `host`, without brackets, is asked directly.
    pub(super) fn contain(&self, host: &str, port: u16) -> bool {
        let address: Option<IpAddr> = host.parse().ok();
        self.0.iter().any(|entry| {
            entry.port.is_none_or(|only| only == port)
                && match (&entry.host, address) {
                    (Host::Any, _) => true,
                    (Host::Net(net), Some(address)) => net.contains(&address.to_canonical()),
                    (Host::Domain(domain), None) => is_within(host, domain),
                    _ => false,
                }
        })
    }
}

impl Entry {
    fn parse(entry: &str) -> Self {
        if let Some(host) = Host::address(entry) {
            return Self { host, port: None };
        }
        let (host, port) = match entry.rsplit_once(':') {
            Some((host, port)) if port.parse::<u16>().is_ok() => (host, port.parse().ok()),
            _ => (entry, None),
        };
        let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
        let host = Host::address(bare).unwrap_or_else(|| {
            let domain = bare.strip_prefix('*').unwrap_or(bare);
            let domain = domain.strip_prefix('.').unwrap_or(domain);
            if domain.is_empty() { Host::Any } else { Host::Domain(domain.to_ascii_lowercase()) }
        });
        Self { host, port }
    }
}

impl Host {
    fn address(text: &str) -> Option<Self> {
        let net = text.parse::<IpAddr>().map(IpNet::from).or_else(|_| text.parse());
        net.ok().map(Self::Net)
    }
}

fn is_within(host: &str, domain: &str) -> bool {
    let host = host.strip_suffix('.').unwrap_or(host).to_ascii_lowercase();
    host.strip_suffix(domain).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_mean_what_they_mean_elsewhere() {
        let cases: &[(&str, &[&str], &[&str])] = &[
            ("", &[], &["example.com", "10.0.0.1"]),
            ("*", &["example.com", "10.0.0.1", "::1"], &[]),
            (
                "example.com",
                &["example.com", "www.example.com", "EXAMPLE.com", "example.com."],
                &["badexample.com", "example.com.evil.org", "example.org"],
            ),
            (".example.com", &["example.com", "www.example.com"], &["badexample.com"]),
            ("*.example.com", &["example.com", "www.example.com"], &["badexample.com"]),
            ("a.org, 10.0.0.0/8\tb.org", &["a.org", "b.org", "10.9.8.7"], &["11.0.0.1", "c.org"]),
            ("192.168.1.7", &["192.168.1.7", "::ffff:192.168.1.7"], &["192.168.1.8"]),
            ("fd00::/8,[::1]", &["fd00::1", "::1"], &["fe80::1"]),
            ("example.com:8443", &[], &["example.com"]),
            ("example.com:443,[::2]:443,10.0.0.1:443", &["example.com", "::2", "10.0.0.1"], &[]),
        ];
        for (list, inside, outside) in cases {
            let exceptions = Exceptions::parse(list);
            for host in *inside {
                assert!(exceptions.contain(host, 443), "{list:?} holds {host}");
            }
            for host in *outside {
                assert!(!exceptions.contain(host, 443), "{list:?} does not hold {host}");
            }
        }
    }
}
