import ArgumentParser
import Logging
import Server
import Tocsin

struct Deliver: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "deliver",
    abstract: "Send the messages that wait, without taking in alerts.",
    discussion: """
      Runs until told to stop, beside `tocsin serve` or instead of it; any number may run on one database, and each message
      is sent by one of them. With --once it sends what is due and ends: for cron. Exits with 7 when messages still wait
      for a later try then.

      Example:
        tocsin deliver --once
      """)

  @Flag(help: "Send what is due now, and end.") var once = false
  @OptionGroup var place: PlaceOptions

  func run() async throws {
    let configuration = try place.configuration()
    LocalOptions.noteThatServerIsUnused(configuration)
    let incidents = try await Incidents.open(configuration, makingDatabase: false)
    guard !configuration.channels.isEmpty else {
      throw Failure(.invalid, "no channel is configured, so there is nothing to send with (docs/channels.md)")
    }
    LoggingSystem.bootstrap { JSONLog(label: $0) }
    let logger = Logger(label: "tocsin")
    let dispatcher = Dispatcher(incidents, logger: logger)
    if once {
      let waiting = try await dispatcher.runOnce(patience: 50)
      if waiting > 0 { throw ExitStatus.notAllSent }
      return
    }
    let names = configuration.channels.map { type(of: $0).about.name }.joined(separator: ", ")
    // Nobody has to read it: messages go out all the same.
    try? Terminal.write("Tocsin \(Product.version) delivers over \(names)")
    try await dispatcher.runUntilToldToStop(logger: logger)
  }
}
