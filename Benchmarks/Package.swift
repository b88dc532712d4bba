// swift-tools-version: 6.2
// SPDX-License-Identifier: Apache-2.0

// Benchmarks are a package of their own: no build and no test of kagu waits for them.

import PackageDescription

let package = Package(
    name: "kagu-benchmarks",
    dependencies: [
        .package(name: "kagu", path: ".."),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    ],
    targets: [
        .executableTarget(
            name: "kagu-bench",
            dependencies: [
                .product(name: "KaguAbilities", package: "kagu"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: [
                .swiftLanguageMode(.v6),
                .enableUpcomingFeature("ExistentialAny"),
                .enableUpcomingFeature("MemberImportVisibility"),
                .enableUpcomingFeature("InternalImportsByDefault"),
            ])
    ]
)
