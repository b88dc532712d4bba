// SPDX-License-Identifier: Apache-2.0

public import ArgumentParser
public import KaguModel
public import KaguStore

extension DeliveryState: ExpressibleByArgument {
    /// The state of that word.
    public init?(argument: String) { self.init(name: argument) }

    /// Every word.
    public static var allValueStrings: [String] { allCases.map(\.name) }
}

extension TestReceiver.Message: ExpressibleByArgument {}
