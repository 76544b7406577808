import Channels
import Foundation
import Tocsin

/// A dispatcher in a process of its own, for tests that kill it.
///
///     TestWorker DATABASE URL alert FINGERPRINT   takes in an alert, says so, and ends as by kill -9 before it sends anything
///     TestWorker DATABASE URL CHECKPOINT NTH      sends, and ends as by kill -9 when it comes to CHECKPOINT for the NTH time
///     TestWorker DATABASE URL run                 sends until it is killed
///     TestWorker DATABASE URL once KEY TIMES      opens an incident so many times at once with one key, and prints the answers
///     TestWorker DATABASE URL once-die KEY        ends as by kill -9 when the incident is on disk, before there is an answer
///     TestWorker DATABASE URL notify-die KEY ID   ends so when the messages of a notification are on disk
@main
struct TestWorker {
  static func main() async throws {
    let arguments = Array(CommandLine.arguments.dropFirst())
    let webhook = try Webhook(settings: ["url": arguments[1], "internal_hosts": "127.0.0.1"])
    let incidents = try await Incidents.open(arguments[0], channels: [webhook])
    switch arguments[2] {
    case "alert":
      try await incidents.receive(Alertmanager.alerts(in: alert(arguments[3])))
      try FileHandle.standardOutput.write(contentsOf: Data("on disk\n".utf8))
      die()
    case "run":
      await Dispatcher(incidents).run()
    case "once", "once-die", "notify-die":
      try await Once(incidents: incidents, key: arguments[3]).run(arguments)
    default:
      var dispatcher = Dispatcher(incidents)
      let (name, nth) = (arguments[2], Counted(Int(arguments[3]) ?? 1))
      dispatcher.checkpoint = { if $0.rawValue == name, nth.isLast { die() } }
      await dispatcher.run()
    }
  }

  private static func alert(_ fingerprint: String) -> Data {
    Data(
      """
      {"version": "4", "groupKey": "\(fingerprint)", "status": "firing", "receiver": "tocsin",
       "alerts": [{"status": "firing", "labels": {"alertname": "\(fingerprint)", "severity": "critical"},
                   "annotations": {}, "startsAt": "2026-11-21T10:00:00Z", "endsAt": "0001-01-01T00:00:00Z",
                   "generatorURL": "", "fingerprint": "\(fingerprint)"}]}
      """.utf8)
  }

  /// No clean-up of any kind, as after a power cut of the process.
  static func die() { kill(getpid(), SIGKILL) }
}
