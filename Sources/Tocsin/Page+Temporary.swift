extension Incidents {
  public func notes(of id: String, page: PageRequest) async throws -> Page<Note> {
    Page(items: try await notes(of: id), nextCursor: nil)
  }
  public func alerts(of id: String, page: PageRequest) async throws -> Page<AlertLink> {
    Page(items: try await alerts(of: id), nextCursor: nil)
  }
  public func timeline(of id: String, page: PageRequest) async throws -> Page<TimelineEvent> {
    Page(items: try await timeline(of: id), nextCursor: nil)
  }
  public func communications(of id: String, channel: String?, page: PageRequest) async throws -> Page<Communication> {
    Page(items: try await communications(of: id, channel: channel, limit: page.limit), nextCursor: nil)
  }
  public func alerts(page: PageRequest) async throws -> Page<Alert> {
    Page(items: try await alerts(limit: page.limit), nextCursor: nil)
  }
  public func undelivered(status: DeliveryStatus?, channel: String?, page: PageRequest) async throws -> Page<
    Undelivered
  > { Page(items: try await undelivered(status: status, channel: channel, limit: page.limit), nextCursor: nil) }
  public func notifyRules(page: PageRequest) async throws -> Page<NotifyRule> {
    Page(items: try await notifyRules(), nextCursor: nil)
  }
}
