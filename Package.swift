// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "tocsin",
  platforms: [.macOS(.v15)],
  products: [
    .library(name: "Tocsin", targets: ["Tocsin", "Storage", "StorageMariaDB", "Channels"]),
    // The same without channels, and so without HTTP.
    .library(name: "TocsinCore", targets: ["Tocsin", "Storage", "StorageMariaDB"]),
    .library(name: "TocsinClient", targets: ["TocsinClient"]),
    .executable(name: "tocsin", targets: ["Command"]),
  ],
  dependencies: [
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
    .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
    .package(url: "https://github.com/apple/swift-distributed-tracing", from: "1.7.3"),
    .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
    .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
    .package(url: "https://github.com/vapor/jwt-kit", from: "5.7.1"),
  ],
  targets: [
    // C: libcurl's headers, and its functions looked up at run time.
    .target(name: "CCurl", linkerSettings: [.linkedLibrary("dl")]),
    // C: likewise libmosquitto, and sd-bus of libsystemd.
    .target(name: "CMosquitto", linkerSettings: [.linkedLibrary("dl")]),
    .target(name: "CDBus", linkerSettings: [.linkedLibrary("dl")]),
    .target(name: "CMariaDB", linkerSettings: [.linkedLibrary("dl")]),
    // C: CommonMark, linked into the binary.
    .target(name: "CMark", linkerSettings: [.linkedLibrary(":libcmark.a")]),
    // C: gzip.
    .target(name: "CZlib", linkerSettings: [.linkedLibrary("z")]),

    .target(
      name: "Storage",
      dependencies: [
        .product(name: "GRDB", package: "GRDB.swift"), .product(name: "GRDBSQLite", package: "GRDB.swift"),
        .product(name: "Metrics", package: "swift-metrics"),
      ]),
    .target(name: "StorageMariaDB", dependencies: ["Storage", "CMariaDB"]),
    .target(
      name: "Tocsin",
      dependencies: [
        "Storage", "StorageMariaDB",
        .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "CryptoExtras", package: "swift-crypto"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "Metrics", package: "swift-metrics"),
        .product(name: "Tracing", package: "swift-distributed-tracing"),
      ]),
    .target(
      name: "Channels",
      dependencies: [
        "Tocsin", "CCurl", "CMosquitto", "CDBus",
        .product(name: "AsyncHTTPClient", package: "async-http-client"),
        .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
      ]),
    // The HTTP API as it is declared: routes, calls and their JSON, for the server and for those who talk to it.
    .target(name: "API", dependencies: ["Tocsin"]),
    .target(
      name: "TocsinClient",
      dependencies: [
        "API", "Tocsin",
        .product(name: "AsyncHTTPClient", package: "async-http-client"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
      ]),
    // What people see in a browser: templates, texts, style, script, charts. Knows nothing of HTTP.
    .target(
      name: "Pages",
      dependencies: [
        "CMark", "Storage", "Tocsin", .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "Mustache", package: "swift-mustache"),
      ],
      resources: [.embedInCode("Templates"), .embedInCode("Assets"), .embedInCode("Texts")]),
    .target(
      name: "Server",
      dependencies: [
        "API", "CZlib", "Channels", "Pages", "Storage", "Tocsin",
        .product(name: "AsyncHTTPClient", package: "async-http-client"),
        .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "HummingbirdCore", package: "hummingbird"),
        .product(name: "HummingbirdTLS", package: "hummingbird"),
        .product(name: "JWTKit", package: "jwt-kit"),
        .product(name: "Metrics", package: "swift-metrics"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
        .product(name: "Tracing", package: "swift-distributed-tracing"),
      ]),
    .executableTarget(
      name: "Command",
      dependencies: [
        "Storage", "Tocsin", "Channels", "API", "TocsinClient", "Server", "Yams",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Metrics", package: "swift-metrics"),
      ]),

    .executableTarget(
      name: "Benchmarks",
      dependencies: [
        "Tocsin", "Channels", "StorageMariaDB", "CMariaDB", .product(name: "GRDB", package: "GRDB.swift"),
        .product(name: "AsyncHTTPClient", package: "async-http-client"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
      ],
      path: "Benchmarks", exclude: ["run"]),

    .target(
      name: "TestSupport",
      dependencies: [
        "Storage", "StorageMariaDB", "Tocsin",
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
      ],
      path: "Tests/TestSupport", exclude: ["Peers/Python"]),
    // Dispatchers in processes of their own, which tests kill.
    .executableTarget(name: "TestWorker", dependencies: ["Tocsin", "Channels"], path: "Tests/TestWorker"),
    .testTarget(name: "StorageTests", dependencies: ["Storage", "StorageMariaDB", "TestSupport"]),
    .testTarget(name: "StorageMariaDBTests", dependencies: ["Storage", "StorageMariaDB", "CMariaDB", "TestSupport"]),
    .testTarget(name: "TocsinTests", dependencies: ["Tocsin", "TestSupport"]),
    .executableTarget(name: "ChannelListener", dependencies: ["Channels"], path: "Tests/ChannelListener"),
    .testTarget(name: "ChannelsTests", dependencies: ["Channels", "TestSupport", "ChannelListener"]),
    .testTarget(name: "PagesTests", dependencies: ["Pages", "TestSupport"]),
    .testTarget(
      name: "ServerTests",
      dependencies: [
        "Server", "API", "CZlib", "Pages", "TestSupport", .product(name: "HummingbirdTesting", package: "hummingbird"),
        .product(name: "InMemoryTracing", package: "swift-distributed-tracing"),
        .product(name: "Crypto", package: "swift-crypto"), .product(name: "CryptoExtras", package: "swift-crypto"),
      ]),
    .testTarget(name: "CommandTests", dependencies: ["Command", "TestSupport"]),
    .testTarget(
      name: "SmokeTests",
      dependencies: [
        "Command", "TestSupport", "TestWorker", .product(name: "AsyncHTTPClient", package: "async-http-client"),
      ],
      exclude: ["Seeds"]),
    // A real browser before the built server; what it does there is in Python.
    .testTarget(name: "BrowserTests", dependencies: ["Command", "TestSupport"], exclude: ["Python"]),
    // Three database nodes, three servers and a proxy: by themselves, since they are in a hurry.
    .testTarget(
      name: "ClusterTests",
      dependencies: [
        "Channels", "Command", "TestSupport", "Tocsin",
        .product(name: "AsyncHTTPClient", package: "async-http-client"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
      ]),
  ],
  swiftLanguageModes: [.v6]
)
