// SPDX-License-Identifier: Apache-2.0

import KaguHTTP
import Testing

@testable import KaguDaemon

@Suite("Bot walls")
struct BotWallTests {
    private func name(
        _ headers: KeyValuePairs<String, String> = [:], _ body: String = "",
        at url: String = "https://a.example/rss"
    ) -> String? {
        BotWall.name(headers: HTTPHeaders(headers), body: Array(body.utf8), url: url)
    }

    @Test("headers of challenges are known (P23)")
    func headers() {
        #expect(name(["cf-mitigated": "challenge"]) == "Cloudflare")
        #expect(name(["CF-Mitigated": "Challenge"]) == "Cloudflare")
        #expect(name(["X-DataDome": "protected"]) == "DataDome")
        #expect(name(["x-amzn-waf-action": "captcha"]) == "AWS WAF")
        #expect(name(["x-vercel-mitigated": "challenge"]) == "Vercel")
        #expect(name(["Server": "cloudflare", "cf-ray": "1", "cf-cache-status": "HIT"]) == nil)
    }

    @Test(
        "challenge pages are known by their first 32 KiB (P23)",
        arguments: [
            ("<!DOCTYPE html><html><head><title>Just a moment...</title>", "Cloudflare"),
            ("<html><script>window._cf_chl_opt={cvId:'3'}</script>", "Cloudflare"),
            ("<title>Attention Required! | Cloudflare</title>", "Cloudflare"),
            ("<script>var dd={'rt':'c'}</script><script src=\"https://ct.captcha-delivery.com/c.js\">", "DataDome"),
            ("{\"url\":\"https://geo.captcha-delivery.com/captcha/?initialCid=1\"}", "DataDome"),
            ("<div id=\"px-captcha\"></div>", "HUMAN"),
            ("<H1>Access Denied</H1> Reference&#32;&#35;18&#46;1 https&#58;&#47;&#47;", "Akamai"),
            ("<P>https://errors.edgesuite.net/18.1</P>", "Akamai"),
            ("<iframe>Request unsuccessful. Incapsula incident ID: 1-2</iframe>", "Imperva"),
            (
                "<html><head><META NAME=\"robots\" CONTENT=\"noindex,nofollow\"><script "
                    + "src=\"/_Incapsula_Resource?SWJIYLWA=7\"></script>", "Imperva"
            ),
            ("<script>window.gokuProps = {};</script>", "AWS WAF"),
            ("<title>Sucuri WebSite Firewall - Access Denied</title>", "Sucuri"),
            ("<title>DDoS-Guard</title>", "DDoS-Guard"),
            ("<script src=\"/__qrator/qauth_utm_v2.js\"></script>", "Qrator"),
            ("<link href=\"/.within.website/x/cmd/anubis/static/css/x.css\">", "Anubis"),
            ("<form action=\"https://consent.google.com/save\">", "Google consent"),
            ("<a href=\"https://consent.yahoo.com/v2/collectConsent?x\">", "Yahoo consent"),
        ])
    func pages(body: String, wall: String) {
        #expect(name([:], body) == wall)
        #expect(name([:], String(repeating: " ", count: BotWall.examinedBytes) + body) == nil)
    }

    @Test("consent pages are known by the address that a redirect led to (P23)")
    func consent() {
        #expect(name(at: "https://consent.google.com/ml?continue=x") == "Google consent")
        #expect(name(at: "https://guce.yahoo.com/consent") == "Yahoo consent")
        #expect(name(at: "https://consent.google.com.example.org/") == nil)
    }

    @Test("ordinary pages are no walls, also behind such products (P23)")
    func ordinary() {
        #expect(name([:], "<html><title>Courier</title>An article about Cloudflare and DataDome.") == nil)
        // What Cloudflare puts into ordinary pages.
        #expect(name([:], "<script>window.__CF$cv$params={};a.src='/cdn-cgi/challenge-platform/x.js'") == nil)
        #expect(name() == nil)
    }
}
