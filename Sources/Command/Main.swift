import ArgumentParser
import Yams
import ServiceLifecycle
@main struct M: AsyncParsableCommand { func run() async throws { print("x") } }
