// SPDX-License-Identifier: Apache-2.0

public import KaguModel

/// What all requests of a client have in common.
public struct HTTPClientSettings: Sendable {
    /// `User-Agent` of every request, always the same (P4): `kagu/VERSION (+CONTACT)`.
    public var userAgent: String
    /// `http.proxy`: every request goes through it, and it must enforce S2 itself (S4); nil: none, whatever the
    /// environment says.
    public var proxy: Secret?
    /// `http.ca_file`: a PEM file of root certificates that count beside the system's (P1).
    public var certificateFile: String?
    /// Whether addresses are judged before they are connected to (S1); off in benchmarks only.
    public var guardsAddresses: Bool
    /// Idle connections kept for public addresses, and for each allow-list.
    public var maximumIdleConnections: Int

    /// Settings of a client; 100 idle connections unless said otherwise.
    public init(
        userAgent: String, proxy: Secret? = nil, certificateFile: String? = nil, guardsAddresses: Bool = true,
        maximumIdleConnections: Int = 100
    ) {
        self.userAgent = userAgent
        self.proxy = proxy
        self.certificateFile = certificateFile
        self.guardsAddresses = guardsAddresses
        self.maximumIdleConnections = maximumIdleConnections
    }
}
