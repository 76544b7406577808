import Foundation

/// What the kernel knows about this process (proc(5)). What cannot be read is left out.
struct ProcessFigures {
  private let folder = "/proc/self/"

  func write(to page: inout Exposition) {
    if let fields = stat {
      let ticks = Double(sysconf(Int32(_SC_CLK_TCK)))
      page.family("process_cpu_seconds_total", "counter", "Processor time spent, in user and system mode.")
      page.sample("process_cpu_seconds_total", "", (fields[11] + fields[12]) / ticks)
      if let boot {
        gauge(&page, "process_start_time_seconds", "When it started, since 1970.", boot + fields[19] / ticks)
      }
      gauge(&page, "process_virtual_memory_bytes", "Virtual memory.", fields[20])
      gauge(
        &page, "process_resident_memory_bytes", "Resident memory.", fields[21] * Double(sysconf(Int32(_SC_PAGESIZE))))
    }
    if let open = try? FileManager.default.contentsOfDirectory(atPath: folder + "fd").count {
      gauge(&page, "process_open_fds", "Open file descriptors.", Double(open))
    }
    if let limit { gauge(&page, "process_max_fds", "Most file descriptors that may be open.", limit) }
  }

  private func gauge(_ page: inout Exposition, _ name: String, _ help: String, _ value: Double) {
    page.gauge(name, help, value)
  }

  /// The fields after the program's name, which may hold spaces and brackets: `state` is the first.
  private var stat: [Double]? {
    guard let text = try? String(contentsOfFile: folder + "stat", encoding: .utf8), let end = text.lastIndex(of: ")")
    else { return nil }
    let fields = text[text.index(after: end)...].split(whereSeparator: \.isWhitespace).map { Double($0) ?? 0 }
    return fields.count > 21 ? fields : nil
  }

  private var limit: Double? {
    let text = try? String(contentsOfFile: folder + "limits", encoding: .utf8)
    let line = text?.split(separator: "\n").first { $0.hasPrefix("Max open files") }
    return line?.split(separator: " ").dropFirst(3).first.flatMap { Double($0) }
  }

  /// When the machine started, in seconds since 1970.
  private var boot: Double? {
    let text = try? String(contentsOfFile: "/proc/stat", encoding: .utf8)
    return text?.split(separator: "\n").first { $0.hasPrefix("btime ") }.flatMap { Double($0.dropFirst(6)) }
  }
}
