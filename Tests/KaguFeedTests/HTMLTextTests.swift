// SPDX-License-Identifier: Apache-2.0

import KaguFeed
import KaguModel
import Testing

@Suite struct HTMLTextTests {
    @Test(
        "HTML becomes text (F19)",
        arguments: [
            ("<p>One</p><p>two<br>three</p>", "One\ntwo\nthree"), ("a <b>b</b>c", "a bc"), ("  a \n\t b ", "a b"),
            ("x<script>if (a < b) {}</script>y<style>p</style>z", "xyz"), ("a<!-- <p> -->b", "ab"),
            ("<pre>a\n  b\n\nc</pre>d", "a\n b\n\nc\nd"), ("<img alt=\"no\">t<a href=\"u\">x</a>", "tx"),
            ("1 < 2 & 3 &lt; 4", "1 < 2 & 3 < 4"), ("&eacute;&#233;&#xE9;&hellip;", "ééé…"), ("&nbsp;x&nbsp;", "x"),
            ("AT&amp;amp;T", "AT&amp;T"), ("&copy 2026 &unknown;", "© 2026 &unknown;"),
            ("<a title=\"a > b\">x</a>", "x"), ("<ul><li>1<li>2</ul>", "1\n2"), ("one\n\ntwo", "one\ntwo"),
            ("<i>one</i>\n\ntwo", "one two"), ("<td>a</td><td>b</td>", "a b"), ("cut <a href=", "cut"),
            ("a <!' b <i>c</i>", "a <!' b c"), ("a<!x>b<![if IE]>c<!>d", "abcd"),
            ("<applet><b>x</b></applet>y", "y"), ("<h1>T</h1>text", "T\ntext"), ("", ""), ("<", "<"), ("&", "&"),
        ])
    func text(html: String, expected: String) {
        #expect(PlainText.fromHTML(html) == expected)
    }

    @Test(
        "a title is HTML only if it shows it (F20)",
        arguments: [
            ("<![CDATA[a <b>b</b>]]>", "a b"), ("List&lt;String&gt;", "List<String>"), ("1 &lt; 2", "1 < 2"),
            ("&lt;b&gt; alone", "<b> alone"), ("Vector&lt;int&gt; &amp;amp; more", "Vector<int> &amp; more"),
            ("a<br/>b", "a\nb"), ("a <b>b</title><title>", "a b"), ("Vector<int/> x", "Vector<int/> x"),
            ("AT&amp;amp;T", "AT&T"), ("a\n  b", "a b"), ("<![CDATA[Q&amp;amp;A]]>", "Q&A"),
            ("<![CDATA[Q&amp;A]]>", "Q&A"), ("&amp;#8217;s", "’s"),
        ])
    func title(xml: String, expected: String) throws {
        #expect(try item("<title>\(xml)</title>").title == expected)
    }

    @Test("bodies are decoded twice at most (F21)")
    func bodies() throws {
        #expect(try item("<description>&amp;amp;lt;</description>").summary == "&lt;")
        #expect(try item("<description><![CDATA[&amp;lt;]]></description>").summary == "&lt;")
        #expect(try item("<description><p>un</p>deux &lt;i>x&lt;/i></description>").summary == "un\ndeux x")
    }
}
