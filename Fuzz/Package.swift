// swift-tools-version: 6.2
import PackageDescription

// A package of its own: libFuzzer brings its own `main`, which no other build wants. `bin/fuzz` builds and runs it.
let package = Package(
  name: "fuzz",
  platforms: [.macOS(.v15)],
  dependencies: [.package(name: "tocsin", path: "..")],
  targets: [
    .executableTarget(
      name: "Fuzz", dependencies: [.product(name: "TocsinCore", package: "tocsin")], path: "Sources",
      swiftSettings: [.unsafeFlags(["-parse-as-library"])])
  ]
)
