import Foundation
import Storage
import TestSupport
import Testing

/// Failure: who shares a look at the database is answered from before they asked, or with what somebody else asked for.
@Suite struct SharedReadsTests {
  private struct Odd: Error, Equatable { let number: Int }

  /// Counts the snapshots that are taken of a database.
  private struct Counting: Database {
    let base: any Database
    let reads = Counter()
    var dialect: Dialect { base.dialect }
    var now: @Sendable () -> Date { base.now }

    func read<T: Sendable>(_ body: @escaping @Sendable (any Transaction) throws -> T) async throws -> T {
      reads.increment()
      return try await base.read(body)
    }

    func write<T: Sendable>(_ body: @escaping @Sendable (any Transaction) throws -> T) async throws -> T {
      try await base.write(body)
    }
  }

  @Test func `Many at once get each their own answer or error, from fewer snapshots than they are`() async throws {
    let bench = try await Bench()
    let database = Counting(base: bench.database)
    let shared = SharedReads(database)
    let wrong = await withTaskGroup(of: Bool.self) { group in
      for number in 0..<1000 {
        group.addTask {
          let answer: Result<Int, any Error>
          do {
            answer = .success(
              try await shared.read { transaction in
                if number % 2 == 1 { throw Odd(number: number) }
                return try transaction.integer("SELECT ?", [.integer(Int64(number))])
              })
          } catch {
            answer = .failure(error)
          }
          switch answer {
          case .success(let value): return value != number || number % 2 == 1
          case .failure(let error): return error as? Odd != Odd(number: number)
          }
        }
      }
      return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
    }
    #expect(wrong == 0)
    #expect(database.reads.count < 1000)
  }

  @Test func `What was committed before a look is seen by it, also while others look`() async throws {
    let bench = try await Bench()
    let shared = SharedReads(bench.database)
    let others = Task { while !Task.isCancelled { _ = try? await shared.read { try $0.integer("SELECT 1") } } }
    for number in 1...200 {
      try await bench.database.write(insert("\(number)"))
      let count = try await shared.read { try $0.integer("SELECT count(*) FROM item") }
      #expect(count == number)
    }
    others.cancel()
    _ = await others.value
  }
}
