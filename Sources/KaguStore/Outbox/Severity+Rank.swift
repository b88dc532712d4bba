// SPDX-License-Identifier: Apache-2.0

import KaguModel

/// How a severity is stored: 0 (`low`) to 3 (`critical`).
extension Severity {
    var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }

    init(rank: Int) { self = Self.allCases.indices.contains(rank) ? Self.allCases[rank] : .low }
}
