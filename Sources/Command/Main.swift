import ArgumentParser
import ServiceLifecycle
import Yams

@main struct M: AsyncParsableCommand { func run() async throws { print("x") } }
