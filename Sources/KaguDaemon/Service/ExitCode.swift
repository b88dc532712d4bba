// SPDX-License-Identifier: Apache-2.0

/// What `kagud` ends with (O6), after sysexits(3). systemd does not restart after `configuration`.
public enum ExitCode: Int32, Sendable {
    /// Asked to stop, or `--once` done, whatever single feeds and receivers answered.
    case stopped = 0
    /// Our fault.
    case software = 70
    /// Storage unusable at start.
    case storage = 74
    /// Another daemon holds the state directory.
    case locked = 75
    /// Configuration.
    case configuration = 78
}
