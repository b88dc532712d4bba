// SPDX-License-Identifier: Apache-2.0

import CCurl
import Glibc

/// Opens the sockets of one request, to addresses that its guard lets through (S1).
struct SocketGate {
    /// Why the guard refused an address, the first if there were several.
    private(set) var refusal: String?
    /// Why the system gave no socket, where the cause is ours and not the network's.
    private(set) var shortage: String?
    /// How many sockets were opened.
    private(set) var openedCount = 0
    private let addressGuard: AddressGuard?
    private let url: String

    /// A gate for the sockets of a request; nil for `addressGuard` lets everything through.
    init(_ addressGuard: AddressGuard?, url: String) {
        self.addressGuard = addressGuard
        self.url = url
    }

    /// A socket for the address; CURL_SOCKET_BAD refuses.
    mutating func open(_ address: UnsafeMutablePointer<curl_sockaddr>) -> curl_socket_t {
        if let reason = reasonToRefuse(address) {
            refusal = refusal ?? reason
            return CURL_SOCKET_BAD
        }
        let type = address.pointee.socktype | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
        let descriptor = socket(address.pointee.family, type, address.pointee.protocol)
        if descriptor >= 0 {
            openedCount += 1
        } else if [EMFILE, ENFILE, ENOBUFS, ENOMEM].contains(errno) {
            shortage = "no socket for another connection: \(String(cString: strerror(errno)).lowercased())"
        }
        return descriptor
    }

    private static let schemes: Set<String> = ["http", "https", "smtp", "smtps"]

    private func reasonToRefuse(_ address: UnsafeMutablePointer<curl_sockaddr>) -> String? {
        guard let addressGuard else { return nil }
        // libcurl fills `addr` with `addrlen` bytes, as long as its family prescribes.
        guard let judged = withUnsafePointer(to: &address.pointee.addr, { IPAddress($0) }) else {
            return "the host's address is of an unknown family"
        }
        // Only a list can tell by host and port.
        let origin = addressGuard.allowed.isEmpty ? nil : HTTPOrigin(url, schemes: Self.schemes)
        return addressGuard.refusal(of: judged, host: origin?.host ?? "", port: origin?.port ?? 0)
    }
}
