// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import kagu

@Suite("State on a network file system (O23)")
struct NetworkFileSystemTests {
    static let mounts = """
        22 1 8:1 / / rw,relatime - ext4 /dev/sda1 rw
        40 22 0:50 / /srv rw,relatime shared:1 - nfs4 box:/export rw,vers=4.2
        41 40 8:2 / /srv/local rw,relatime - xfs /dev/sdb1 rw
        42 22 0:51 / /mnt/my\\040share rw,relatime - cifs //box/share rw
        43 22 0:52 / /mnt/over rw,relatime - nfs box:/over rw
        44 22 8:3 / /mnt/over rw,relatime - ext4 /dev/sdc1 rw
        """

    @Test("the innermost mount of a path decides, and the last of several at one place (O23)")
    func types() {
        func type(_ path: String) -> String? { NetworkFileSystem.type(of: path, mounts: Self.mounts) }
        #expect(type("/var/lib/kagu") == nil)
        #expect(type("/srv/kagu") == "nfs4")
        #expect(type("/srv/local/kagu") == nil)
        #expect(type("/srvother") == nil)
        #expect(type("/mnt/my share/kagu") == "cifs")
        #expect(type("/mnt/over") == nil)
    }

    @Test("a directory that does not exist yet is judged by the one above it")
    func missing() {
        #expect(NetworkFileSystem.warnings(stateDirectory: "/dev/shm/kagu/not/there").isEmpty)
    }
}
