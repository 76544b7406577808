import TestSupport
import Testing

@testable import Tocsin

@Suite struct TimelineFeedTests {
  @Test(arguments: TestDatabase.all)
  func `Listeners hear every event once and in order while many write, however slow they are`(_ engine: TestDatabase)
    async throws
  {
    try await engine.run { bench in
      let guid = try await bench.incident().incidentGuid
      let other = try await Incidents.open(bench.path)
      let (quick, slow) = (try await bench.listener(), try await bench.listener())
      let count = TimelineFeed.mostKept.events * 2
      async let heard = quick.seqs(until: count + 1)
      try await withThrowingTaskGroup { group in
        for number in 0..<count {
          let incidents = number % 10 == 0 ? other : bench.incidents
          group.addTask { _ = try await incidents.addNote(guid, type: .general, content: "\(number)") }
        }
        try await group.waitForAll()
      }
      #expect(try await heard == Array(2...count + 1))
      // What it missed is no longer kept: it comes from the database.
      #expect(try await slow.seqs(until: count + 1) == Array(2...count + 1))
    }
  }

  @Test(arguments: TestDatabase.all)
  func `No more is kept than there is room for`(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      let listener = try await bench.listener()
      let entry = TimelineFeed.Entry(seq: 0, incidentGuid: "", json: String(repeating: "x", count: 1 << 20))
      var state = TimelineFeed.State()
      for seq in 1...20 {
        state.keep(.init(entries: [.init(seq: seq, incidentGuid: "", json: entry.json)], through: seq))
        #expect(state.keptBytes <= TimelineFeed.mostKept.bytes)
        #expect(state.kept.map(\.seq) == Array(max(1, seq - 3)...seq))
      }
      for seq in 21...5000 {
        state.keep(.init(entries: [.init(seq: seq, incidentGuid: "", json: "x")], through: seq))
      }
      #expect(state.kept.map(\.seq) == Array(5001 - TimelineFeed.mostKept.events...5000))
      #expect(state.keptBytes == TimelineFeed.mostKept.events)
      _ = listener
    }
  }

  @Test(arguments: TestDatabase.all)
  func `An event that was tampered with holds up nobody`(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      let guid = try await bench.incident().incidentGuid
      let listener = try await bench.incidents.timelineFeed.listen(after: 0)
      for _ in 0..<3 { try await bench.incidents.addNote(guid, type: .general, content: "x") }
      try await bench.tamper("UPDATE data_incident_timeline SET EventType = 'NONSENSE' WHERE Seq = 2")
      #expect(try await listener.seqs(until: 4) == [1, 3, 4])
    }
  }

  @Test(arguments: TestDatabase.all)
  func `So many may listen and not one more, and a place that is given up can be taken`(_ engine: TestDatabase)
    async throws
  {
    try await engine.run { bench in
      var listeners: [TimelineFeed.Listener] = []
      for _ in 0..<TimelineFeed.mostListeners { listeners.append(try await bench.listener()) }
      await #expect(throws: Failure.self) { _ = try await bench.listener() }
      listeners.removeLast()
      _ = try await bench.listener()
    }
  }

  @Test(arguments: TestDatabase.all)
  func `Whoever listens after everybody left hears what is new`(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      for round in 1...3 {
        let listener = try await bench.listener()
        try await bench.incident()
        #expect(try await listener.seqs(until: round) == [round])
      }
    }
  }
}

extension TestBench {
  fileprivate func listener() async throws -> TimelineFeed.Listener { try await incidents.timelineFeed.listen() }
}

extension TimelineFeed.Listener {
  /// What is heard until the event `last`.
  fileprivate func seqs(until last: Int) async throws -> [Int] {
    var (listener, seqs) = (self, [Int]())
    while listener.position < last, let page = try await listener.next() { seqs += page.entries.map(\.seq) }
    return seqs
  }
}
