// Listens by one channel until it is killed, as `tocsin serve` does: for tests that end a process in the middle of it.
// Arguments: the channel's name, and its settings as a JSON object. Prints a line for each reply.
import Channels
import Foundation

@Sendable func say(_ line: String) { FileHandle.standardOutput.write(Data("\(line)\n".utf8)) }

let arguments = CommandLine.arguments
let settings = try JSONDecoder().decode([String: String].self, from: Data(arguments[2].utf8))
let made = Channels.configured([arguments[1]: settings])
guard let channel = made.channels.first else { exit(64) }
say("listening")
await channel.listen { say("\($0.action) \($0.externalId) by \($0.by)") }
