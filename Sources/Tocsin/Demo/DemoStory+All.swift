private let hour = 60.0
private let day = 1440.0

extension DemoStory {
  /// Of the last thirty days, in the order in which they began.
  static let all = closed + open

  private static let closed = [
    DemoStory(
      minutesAgo: 29 * day + 3 * hour, title: "Checkout answers 500 for one customer in five", severity: .critical,
      package: "CHECKOUT", description: "Started with the release of 14:02. Payments are not affected.",
      alert: "CheckoutErrorRate",
      steps: [
        (4, .status(.investigating)), (5, .assign("checkout-team")),
        (
          9,
          .note(.investigation, "Errors come from **one** of six pods:\n\n- `checkout-7f9` only\n- out of connections")
        ),
        (14, .call(.outbound, "+15550123", "Called the release manager: nothing else was rolled out.")),
        (21, .note(.mitigation, "Rolled back to the release of yesterday.")), (24, .status(.monitoring)),
        (31, .resolved),
        (55, .mail("customers@example.com", "The shop works again. No order was lost.")),
        (64, .close(summary: "Rolled back.", rootCause: "The new release opened a connection for each request.")),
      ]),
    DemoStory(
      minutesAgo: 25 * day + 9 * hour, title: "The disk of db1 is full", severity: .high, package: "DATABASE",
      alert: "DiskFull",
      steps: [
        (11, .status(.investigating)),
        (16, .note(.investigation, "Old write-ahead logs were not removed: the replica has been away since Monday.")),
        (25, .note(.mitigation, "Dropped the replica's slot; 210 GB are free.")), (32, .resolved),
        (40, .close(summary: "Space was freed.", rootCause: "A replication slot without a reader.")),
      ]),
    DemoStory(
      minutesAgo: 21 * day + 5 * hour, title: "Search finds nothing", severity: .medium, package: "SEARCH",
      steps: [
        (18, .status(.investigating)), (26, .note(.general, "Reported by support, two tickets.")),
        (75, .close(summary: "Index built anew.", rootCause: "The nightly job ended half-way, without an alert.")),
      ]),
    DemoStory(
      minutesAgo: 16 * day + 14 * hour, title: "Mail to customers is delayed", severity: .high, package: "MAIL",
      alert: "MailQueueLong",
      steps: [
        (7, .status(.investigating)), (12, .severity(.medium)),
        (20, .call(.inbound, "mail provider", "They confirm a fault on their side, half an hour at most.")),
        (35, .status(.monitoring)), (50, .resolved),
        (70, .close(summary: "The provider mended it.", rootCause: "A fault at the mail provider.")),
      ]),
    DemoStory(
      minutesAgo: 11 * day + 2 * hour, title: "Login is slow", severity: .high, package: "LOGIN", alert: "LoginLatency",
      steps: [
        (6, .status(.investigating)), (10, .assign("platform-team")),
        (30, .note(.rootCause, "The cache of sessions was restarted, and every sign-in goes to the database.")),
        (42, .status(.monitoring)), (58, .resolved),
        (90, .close(summary: "Cache is warm again.", rootCause: "A restart of the cache at the busiest hour.")),
      ]),
    DemoStory(
      minutesAgo: 11 * day + 2 * hour - 8, title: "Sign-in times out for the mobile app", severity: .high,
      package: "LOGIN", steps: [(3, .note(.general, "Same cause as the slow login, it seems.")), (9, .merge(into: 4))]),
    DemoStory(
      minutesAgo: 6 * day + 20 * hour, title: "A certificate ends in three days", severity: .low, package: "PLATFORM",
      steps: [
        (95, .status(.investigating)),
        (140, .close(summary: "Renewed.", rootCause: "The renewal had no permission to write the new file.")),
      ]),
    DemoStory(
      minutesAgo: 3 * day + 7 * hour, title: "Payments are refused by the bank", severity: .critical,
      package: "PAYMENTS", description: "Cards of one bank only.", alert: "PaymentRefusals",
      steps: [
        (2, .status(.investigating)), (3, .assign("payments-team")),
        (8, .call(.outbound, "bank hotline", "The bank knows of it and works on it.")),
        (30, .mail("management@example.com", "One payment in twelve fails. The bank works on it.")),
        (85, .status(.monitoring)), (100, .resolved),
        (180, .close(summary: "The bank mended it.", rootCause: "An expired certificate at the bank.")),
      ]),
  ]

  private static let open = [
    DemoStory(
      minutesAgo: 20 * hour, title: "Reports of last night are incomplete", severity: .medium, package: "REPORTS",
      steps: [
        (30, .status(.investigating)), (45, .assign("data-team")),
        (60, .note(.investigation, "Rows of 02:00 to 02:40 are missing; the import is repeated.")),
        (200, .status(.monitoring)),
      ]),
    DemoStory(
      minutesAgo: 52, title: "The replica of db2 is 20 minutes behind", severity: .high, package: "DATABASE",
      alert: "ReplicationLag",
      steps: [
        (6, .status(.investigating)), (7, .assign("dba-team")),
        (15, .note(.investigation, "One large `UPDATE` of the billing job; it should catch up by itself.")),
        (22, .call(.outbound, "+15550199", "Asked billing to hold the next job back.")),
      ]),
    DemoStory(
      minutesAgo: 7, title: "Uploads fail in the region west", severity: .critical, package: "STORAGE",
      description: "Nobody has taken it yet.", alert: "UploadErrors", steps: []),
  ]
}
