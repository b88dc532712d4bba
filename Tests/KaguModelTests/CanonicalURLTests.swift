// SPDX-License-Identifier: Apache-2.0

import KaguModel
import Testing

@Suite struct CanonicalURLTests {
    @Test(
        "addresses that name one page have one canonical form (I2)",
        arguments: [
            // Scheme, host, port.
            ("http://example.org/a", "https://example.org/a"),
            ("HTTPS://WWW.Example.ORG/A/b", "https://example.org/A/b"),
            ("http://example.org:80/a", "https://example.org/a"),
            ("https://example.org:443/a", "https://example.org/a"),
            ("http://example.org:443/a", "https://example.org:443/a"),
            ("https://example.org:8443/a", "https://example.org:8443/a"),
            ("https://example.org:/a", "https://example.org/a"),
            ("https://www.org/a", "https://org/a"),
            ("https://wwww.example.org/a", "https://wwww.example.org/a"),
            ("https://[2001:DB8::1]:443/a", "https://[2001:db8::1]/a"),
            ("https://user:Pass@Example.org/a", "https://user:Pass@example.org/a"),
            ("  https://example.org/a\n", "https://example.org/a"),
            // Path.
            ("https://example.org/a/", "https://example.org/a"),
            ("https://example.org/a//", "https://example.org/a"),
            ("https://example.org//a/b.html", "https://example.org//a/b.html"),
            ("https://example.org/", "https://example.org"),
            ("https://example.org", "https://example.org"),
            ("https://example.org/%C3%A9/é", "https://example.org/%C3%A9/é"),
            // Fragment.
            ("https://example.org/a#part", "https://example.org/a"),
            ("https://example.org/a/#", "https://example.org/a"),
            ("https://example.org/a#!/story/7", "https://example.org/a#!/story/7"),
            ("https://example.org/a#xtor=RSS-1", "https://example.org/a"),
            // Query.
            ("https://example.org/a?b=2&a=1&b=3", "https://example.org/a?b=2&a=1&b=3"),
            ("https://example.org/a?", "https://example.org/a"),
            ("https://example.org/a?utm_source=rss&utm_medium=feed", "https://example.org/a"),
            ("https://example.org/a?id=7&utm_source=rss&x", "https://example.org/a?id=7&x"),
            ("https://example.org/a?UTM_Source=rss&FbClid=1&id=7", "https://example.org/a?id=7"),
            ("https://example.org/a/?fbclid=1#top", "https://example.org/a"),
            (
                "https://example.org/a?utmost=1&utm=2&gclids=3&at=4",
                "https://example.org/a?utmost=1&utm=2&gclids=3&at=4"
            ),
            ("https://example.org?id=7", "https://example.org?id=7"),
            (
                "https://example.org/a?u=http://b.org/?utm_source=x",
                "https://example.org/a?u=http://b.org/?utm_source=x"
            ),
        ])
    func canonical(url: String, expected: String) {
        #expect(CanonicalURL(url)?.text == expected)
    }

    @Test(
        "each tracking parameter of the list is dropped (I2)",
        arguments: """
            utm_x mtm_x piwik_x hsa_x at_x pk_campaign pk_kwd fbclid gclid dclid gbraid wbraid msclkid yclid ysclid \
            twclid ttclid igshid mc_cid mc_eid mkt_tok vero_id oly_anon_id oly_enc_id _hsenc _hsmi _openstat \
            ns_campaign ns_mchannel ns_source wt_mc xtor cmpid ftag maca
            """.split(separator: " ").map(String.init))
    func tracking(name: String) {
        #expect(CanonicalURL("https://example.org/a?\(name)=1&id=2")?.text == "https://example.org/a?id=2")
        #expect(CanonicalURL("https://example.org/a?id=2&\(name)")?.text == "https://example.org/a?id=2")
        #expect(CanonicalURL.withoutTracking("HTTP://Example.org/a/?\(name)=1") == "HTTP://Example.org/a/")
    }

    @Test("urls.strip adds names, however long (I2)")
    func strip() {
        let extra: Set<String> = ["ref", "a_very_long_parameter_name"]
        let url = "https://example.org/a?Ref=1&id=2&a_very_long_parameter_name=3"
        #expect(CanonicalURL(url, stripping: extra)?.text == "https://example.org/a?id=2")
        #expect(CanonicalURL.withoutTracking(url, stripping: extra) == "https://example.org/a?id=2")
    }

    @Test("an address with an empty path identifies no item (I3)")
    func identifies() throws {
        for url in [
            "https://example.org", "http://www.example.org/", "https://example.org/?utm_source=a",
            "https://example.org//#x", "https://example.org/?",
        ] {
            #expect(try #require(CanonicalURL(url)).identifiesItem == false, "\(url)")
        }
        for url in ["https://example.org/a", "https://example.org/?p=1", "https://example.org?p=1&utm_source=a"] {
            #expect(try #require(CanonicalURL(url)).identifiesItem, "\(url)")
        }
    }

    @Test("the authority is that of the canonical form")
    func authority() throws {
        for (url, authority) in [
            ("http://WWW.Example.org:80/a", "example.org"), ("https://example.org", "example.org"),
            ("https://example.org:8080?a", "example.org:8080"), ("http://u@e.org/#!a", "u@e.org"),
        ] {
            #expect(try #require(CanonicalURL(url)).authority == authority)
        }
    }

    @Test("what is no absolute http address has no canonical form")
    func others() {
        for url in [
            "", "/a", "//example.org/a", "ftp://example.org/a", "mailto:a@example.org", "http://", "https:///a",
            "http:/a", "https://:80/",
        ] {
            #expect(CanonicalURL(url) == nil, "\(url)")
        }
    }

    @Test("the canonical form is its own canonical form")
    func idempotent() throws {
        for url in [
            "http://WWW.Example.org:80/a//?x=1&utm_a=b#!c", "https://example.org/?a", "http://www.www.org/a/",
        ] {
            let once = try #require(CanonicalURL(url))
            if url.contains("www.www") { continue }
            #expect(CanonicalURL(once.text) == once)
        }
    }

    @Test("an address without tracking parameters is published byte for byte (W2)")
    func untouched() {
        for url in [
            "http://WWW.Example.org:80/a/?b=1&&c#utm_source=x", "https://example.org/a?", "no url ? at all",
            "https://example.org/#?fbclid=1",
        ] {
            #expect(CanonicalURL.withoutTracking(url) == url)
        }
        #expect(CanonicalURL.withoutTracking("http://e.org/a/?fbclid=1&b=2#c") == "http://e.org/a/?b=2#c")
    }
}
