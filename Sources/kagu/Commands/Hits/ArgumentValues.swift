// SPDX-License-Identifier: Apache-2.0

public import ArgumentParser
public import KaguModel
public import KaguStore

// The words of a command line that are values of the model; argument-parser lists them in `--help`.

extension SourceClass: ExpressibleByArgument {}
extension Severity: ExpressibleByArgument {}
extension FeedState: ExpressibleByArgument {}
extension HitGrouping: ExpressibleByArgument {}
