// swift-tools-version: 6.2
// SPDX-License-Identifier: Apache-2.0

// The tree of kagu. Arrows between targets point only downward and siblings stay strangers;
// `scripts/check-imports` holds the same table and fails the build that breaks it (ARCHITECTURE.md).

import PackageDescription

/// What every target of ours is compiled with: warnings are errors, imports are explicit and internal.
let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

/// How the release binaries are linked: relocations packed (glibc 2.36 and newer) and nothing exported, which takes
/// milliseconds off every start. lld comes with the Swift toolchain.
let lean: [LinkerSetting] = [
    .unsafeFlags(
        ["-use-ld=lld", "-Xlinker", "-z", "-Xlinker", "pack-relative-relocs", "-Xlinker", "--no-export-dynamic"],
        .when(configuration: .release))
]

/// How `kagu` is linked besides, which is started for each question: at fixed addresses and with the C++ runtime inside,
/// so that the dynamic linker has little to look up and no page of the image is written to. `kagud` has neither: it is
/// started once, and it reads what strangers send (PIE).
let quick: [LinkerSetting] = [
    .unsafeFlags(
        [
            "-L\(Context.packageDirectory)/scripts/link", "-Xclang-linker", "-static-libgcc", "-Xclang-linker",
            "-no-pie",
        ],
        .when(configuration: .release))
]

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")

func library(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

func tests(_ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []) -> Target {
    .testTarget(
        name: name, dependencies: dependencies + ["KaguTestSupport"], exclude: exclude, swiftSettings: strict)
}

let package = Package(
    name: "kagu",
    products: [
        .executable(name: "kagud", targets: ["kagud"]),
        .executable(name: "kagu", targets: ["kagu"]),
        // For Benchmarks/, which is a package of its own.
        .library(
            name: "KaguAbilities", targets: ["KaguAlert", "KaguFeed", "KaguHTTP", "KaguMatch", "KaguModel"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    ],
    targets: [
        // C modules: one user each.
        .systemLibrary(name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .systemLibrary(name: "CCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(name: "CEpoll"),
        .systemLibrary(name: "CMalloc"),

        // Ground.
        library("KaguBytes", ["CCrypto", "CZlib"]),
        library("KaguDispatch", ["CEpoll"]),
        library("KaguLoopback", ["KaguDispatch"]),
        library("KaguModel"),

        // Abilities: siblings that never import each other.
        library("KaguConfig", ["KaguModel", "KaguBytes", yams]),
        library("KaguFeed", ["KaguModel", "KaguBytes"]),
        library("KaguMatch", ["KaguModel", "KaguBytes"]),
        library("KaguHTTP", ["KaguModel", "KaguDispatch", "KaguBytes", "CCurl"]),
        library("KaguStore", ["KaguModel", "KaguDispatch", "KaguBytes", grdb]),
        library("KaguAlert", ["KaguModel", "KaguBytes"]),

        // The daemon, and the two executables.
        library(
            "KaguDaemon",
            [
                "KaguConfig", "KaguFeed", "KaguMatch", "KaguHTTP", "KaguStore", "KaguAlert",
                "KaguDispatch", "KaguBytes", "KaguModel", logging, "CMalloc",
            ]),
        .executableTarget(
            name: "kagud", dependencies: ["KaguDaemon", argumentParser, logging], swiftSettings: strict,
            linkerSettings: lean),
        .executableTarget(
            name: "kagu",
            dependencies: [
                "KaguConfig", "KaguFeed", "KaguMatch", "KaguStore", "KaguAlert", "KaguDispatch", "KaguBytes",
                "KaguLoopback", "KaguModel", argumentParser,
            ],
            swiftSettings: strict, linkerSettings: lean + quick),

        // Tests mirror the targets.
        .target(
            name: "KaguTestSupport", dependencies: ["KaguLoopback", "KaguModel"], swiftSettings: strict),
        tests("KaguBytesTests", ["KaguBytes"]),
        tests("KaguDispatchTests", ["KaguDispatch"]),
        tests("KaguLoopbackTests", ["KaguLoopback"]),
        tests("KaguModelTests", ["KaguModel"]),
        tests("KaguConfigTests", ["KaguConfig", "KaguModel"], exclude: ["Fixtures"]),
        tests("KaguFeedTests", ["KaguFeed", "KaguModel", "KaguBytes"], exclude: ["Fixtures"]),
        tests("KaguMatchTests", ["KaguMatch", "KaguModel"]),
        tests("KaguHTTPTests", ["KaguHTTP", "KaguModel", "KaguBytes", "KaguDispatch", "KaguLoopback"]),
        tests("KaguStoreTests", ["KaguStore", "KaguModel", "KaguBytes", grdb]),
        tests("KaguAlertTests", ["KaguAlert", "KaguModel", "KaguBytes"]),
        tests(
            "KaguDaemonTests",
            [
                "KaguDaemon", "KaguAlert", "KaguConfig", "KaguDispatch", "KaguFeed", "KaguHTTP", "KaguLoopback",
                "KaguStore", "KaguModel",
            ]),
        tests("kaguTests", ["kagu", "KaguModel", "KaguConfig", "KaguMatch", "KaguStore", "KaguAlert"]),
        // Start the built executables, so these must be there.
        tests(
            "EndToEndTests", ["KaguAlert", "KaguBytes", "KaguLoopback", "KaguModel", "KaguStore", "kagud", "kagu"]),
    ]
)
