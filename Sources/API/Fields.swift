import Tocsin

/// What a field means and what it takes. A field has one name in every layer, so it is explained once, here.
public struct FieldMeaning: Sendable {
  public let hint: String
  /// How long a text may be, in characters, or how large a number, where it is given to Tocsin.
  public var range: ClosedRange<Int>?
  /// A regular expression (ECMA-262) that a text matches where it is given to Tocsin.
  public var pattern: String?
  /// JSON schema's formats and patterns, any of which will do.
  var choices: [(keyword: String, value: String)] = []
  /// What the items of a list are.
  var items: String?
  /// Whether an incident can be without it.
  var isRemovable = false
  public var example: String?

  init(
    _ hint: String, _ range: ClosedRange<Int>? = nil, pattern: String? = nil, items: String? = nil,
    example: String? = nil
  ) {
    self.hint = hint
    self.range = range
    self.pattern = pattern
    self.items = items
    self.example = example
  }

  /// A text of one line, which is not blank.
  static func line(_ hint: String, _ longest: Int = 255, example: String? = nil) -> FieldMeaning {
    FieldMeaning(hint, 1...longest, pattern: #"^[^\u0000]*[^\s\u0000][^\u0000]*$"#, example: example)
  }

  /// A text that may be empty.
  static func optionalLine(_ hint: String, _ longest: Int = 255, example: String? = nil) -> FieldMeaning {
    FieldMeaning(hint, 0...longest, pattern: #"^([^\u0000]*[^\s\u0000][^\u0000]*)?$"#, example: example)
  }

  /// A long text: 64 KiB of UTF-8, which is as many characters of ASCII.
  static func block(_ hint: String, example: String? = nil) -> FieldMeaning {
    FieldMeaning(hint + " Up to 64 KiB of UTF-8.", 0...65_536, pattern: #"^[^\u0000]*$"#, example: example)
  }

  /// A point in time, as people write it.
  static func moment(_ hint: String) -> FieldMeaning {
    var meaning = FieldMeaning(hint, example: "2026-11-21")
    meaning.choices = [("format", "date-time"), ("format", "date"), ("pattern", "^[0-9]{1,6}[mhd]$")]
    return meaning
  }

  /// A point in time to come.
  static func expiry(_ hint: String) -> FieldMeaning {
    var meaning = FieldMeaning(hint, example: "90d")
    meaning.choices = [("format", "date-time"), ("format", "date"), ("pattern", "^[0-9]{1,6}[hd]$")]
    return meaning
  }

  /// A point in time when something begins or ends.
  static func time(_ hint: String) -> FieldMeaning {
    var meaning = FieldMeaning(hint, example: "2h")
    meaning.choices = [("format", "date-time"), ("format", "date"), ("pattern", "^[0-9]{1,6}[mhd]$")]
    return meaning
  }

  /// A UTC day.
  static func day(_ hint: String) -> FieldMeaning {
    var meaning = FieldMeaning(hint, example: "2026-11-21")
    meaning.choices = [("format", "date")]
    return meaning
  }

  /// What is wrong with a text of a query, if anything; texts of bodies are measured where they are used.
  public func fault(in text: String) -> String? {
    if text.utf8.contains(0) { return "contains a NUL character (U+0000), which is not allowed" }
    guard let range, choices.isEmpty else { return nil }
    let count = text.unicodeScalars.count
    if count > range.upperBound { return "is \(count) characters long; at most \(range.upperBound) are allowed" }
    if count < range.lowerBound || (count > 0 && text.allSatisfy(\.isWhitespace)) {
      return "is empty; leave it out, or give up to \(range.upperBound) characters"
    }
    return nil
  }
}

public enum Fields {
  private static func removable(_ meaning: FieldMeaning) -> FieldMeaning {
    var meaning = meaning
    meaning.isRemovable = true
    return meaning
  }

  private static let notifyItem = "(?:\(NotifyRule.channelNames.joined(separator: "|")))(?::[!-+\\--~]{1,200})?"
  private static let notifyItems = "^\(notifyItem)(?:,\(notifyItem))*$"

  /// By the field's name.
  public static let all: [String: FieldMeaning] = [
    // Incidents
    "id": FieldMeaning(
      "A guid, its first 6 or more characters, or a REF of one of the incident's messages.", 6...255,
      pattern: #"^[^\u0000]*$"#),
    "incident_guid": FieldMeaning("The incident."),
    "title": .line("What is wrong.", example: "Database Connection Pool Exhausted"),
    "severity": FieldMeaning("How bad it is."),
    "status": FieldMeaning("Where it stands."),
    "new_status": FieldMeaning("The status to move to."),
    "package": .line("The system at fault.", 100, example: "DATABASE"),
    "description": removable(.block("More about it.", example: "All connection pool slots occupied")),
    "assigned_to": removable(.optionalLine("The person or team responsible.", example: "dba-team")),
    "alert_links": FieldMeaning("Guids of alerts to link; they need not be known here.", 0...1000, items: "alert_guid"),
    "created_by": .optionalLine("Who created it: the caller's name, unless an admin names another."),
    "updated_by": .optionalLine("Who changed it: the caller's name, unless an admin names another."),
    "closed_by": .optionalLine("Who closed it: the caller's name, unless an admin names another."),
    "linked_by": .optionalLine("Who linked it: the caller's name, unless an admin names another."),
    "merged_by": .optionalLine("Who merged it: the caller's name, unless an admin names another."),
    "sent_by": .optionalLine("Who sent it: the caller's name, unless an admin names another."),
    "logged_by": .optionalLine("Who put it on record: the caller's name, unless an admin names another."),
    "created_at": FieldMeaning("When it was created."),
    "updated_at": FieldMeaning("When it was last changed."),
    "closed_at": FieldMeaning("When it was closed."),
    "acknowledged_at": FieldMeaning("When it first left CREATED."),
    "acknowledged_by": .optionalLine("Who took it: the caller's name, unless an admin names another."),
    "resolution_summary": .block("How it was resolved.", example: "Added missing index and restarted service"),
    "root_cause": .block("What caused it.", example: "Database index optimization oversight"),
    "merged_into_guid": FieldMeaning("The incident this one was merged into: then it is closed for good."),
    "source_incident_guid": FieldMeaning(
      "The incident to merge from, as an id; it closes.", 6...255, pattern: #"^[^\u0000]*$"#),
    "version": FieldMeaning("Counts the changes; the ETag holds it."),
    "origin_incident_guid": FieldMeaning("The incident it was made for, when a merge has moved it since."),
    "alert_count": FieldMeaning("Linked alerts."),
    "note_count": FieldMeaning("Notes."),
    "communication_count": FieldMeaning("Messages, in and out."),
    "timeline_count": FieldMeaning("Timeline events."),
    // Lists
    "search": .optionalLine("Words that occur in title, description, notes or messages.", 1000),
    "since": .moment("Created then or later: RFC 3339, a UTC day, or 90m, 24h, 7d for so long ago."),
    "until": .moment("Created before then; a day counts whole."),
    "limit": FieldMeaning("At most so many.", 1...200),
    "cursor": FieldMeaning("Where the page before ended: its next_cursor; empty for the first page."),
    "items": FieldMeaning("One page."),
    "next_cursor": FieldMeaning("Where the next page begins; null on the last."),
    // Notes, alerts, timeline
    "note_guid": FieldMeaning("The note."),
    "note_type": FieldMeaning("What the note is about."),
    "content": FieldMeaning(
      "The note. Up to 64 KiB of UTF-8.", 1...65_536, pattern: #"^[^\u0000]+$"#,
      example: "Missing database index causing full table scans"),
    "alert_guid": .line("The alert: any text; it need not be known here.", example: "alert-789"),
    "linked_at": FieldMeaning("When it was linked."),
    "alert": FieldMeaning("The alert itself, when it came in through Tocsin."),
    "dedup_key": FieldMeaning("The sender's own key: the same key from the same source is the same alert."),
    "labels": FieldMeaning("The sender's labels."),
    "group_key": FieldMeaning("Alerts of one group share an incident."),
    "starts_at": .time("When it begins, or began: of a silence 90m, 2h, 7d from now, a UTC day, or a time."),
    "ends_at": .time("When it ends, or ended: of a silence 90m, 2h, 7d from now, the end of a UTC day, or a time."),
    "first_seen_at": FieldMeaning("When it was first received."),
    "last_seen_at": FieldMeaning("When it was last received."),
    "source": .optionalLine("The dialect it came in, such as alertmanager.", 50, example: "alertmanager"),
    "acknowledged": FieldMeaning("Whether somebody has taken it on."),
    "acknowledged_until": .expiry(
      "When it counts as given back; never, without it. To set it: 30m, 2h or 7d from now, a UTC day, or a time."),
    "incidents": FieldMeaning("The incidents it is linked to, the last one first."),
    "notes": FieldMeaning(
      "What people wrote about it while it had no incident, oldest first; it goes to the incident."),
    "mapping": .line("A mapping of the configuration.", 40, example: "uptime-kuma"),
    "alert_guids": FieldMeaning("The alerts, in the order they were given."),
    "opened": FieldMeaning("Guids of the incidents it opened."),
    "received": FieldMeaning("Alerts in the delivery."),
    "heartbeat_name": FieldMeaning(
      "What the heartbeat is called, in the address too.", 1...100, pattern: "^(?!status$)[A-Za-z0-9][A-Za-z0-9._-]*$",
      example: "nightly-backup"),
    "interval_seconds": FieldMeaning("At most so many seconds between two calls.", 10...31_622_400),
    "grace_seconds": FieldMeaning("So many seconds later than that nobody minds; 60 without it.", 0...604_800),
    "is_enabled": FieldMeaning("Whether its silence counts; without it, it does."),
    "last_beat_at": FieldMeaning("When it was last called."),
    "due_at": FieldMeaning("When silence becomes an alert; null while it is one, and while it is off."),
    "missed_at": FieldMeaning("When its alert fired; null when it is on time."),
    // Silences
    "silence": FieldMeaning(
      "A silence's guid, or its first 6 or more characters.", 6...255, pattern: #"^[^\u0000]*$"#),
    "silence_guid": FieldMeaning("The silence."),
    "silenced_by": FieldMeaning("The silence that holds it back, or did when it fired last."),
    "silenced_until": FieldMeaning("When that silence lets it out; null when none holds it any longer."),
    "matchers": FieldMeaning(
      "Conditions on labels, all of which must hold; one at least must not fit an empty label.", 1...100,
      items: "matcher"),
    "matcher": FieldMeaning(
      "`label=value`, `label!=value`, `label=~regex` or `label!~regex`.", 2...8000, example: "alertname=\"DiskFull\""),
    "comment": removable(.block("What there is to say about it.", example: "Kernel update of db1")),
    "weekdays": FieldMeaning("The days on which it holds; none for one that holds once.", 0...7),
    "from_time": FieldMeaning(
      "When it begins to hold on these days, by the clocks of time_zone.", 5...5,
      pattern: "^([01][0-9]|2[0-3]):[0-5][0-9]$",
      example: "02:00"),
    "minutes": FieldMeaning(
      "How long it holds: each time for a weekly one (up to 10,080), else instead of ends_at.", 1...5_256_000),
    "time_zone": FieldMeaning("A name of the IANA's list; UTC, without it.", 1...100, example: "Europe/Berlin"),
    "state": FieldMeaning("Whether it holds now, will hold, or never will again."),
    "holds_from": FieldMeaning("When it began to hold, or will next; null when it never will again."),
    "holds_until": FieldMeaning("When it stops to hold, this time or the next."),
    "comment_guid": FieldMeaning("The comment."),
    "expired_by": .optionalLine("Who ended it: the caller's name, unless an admin names another."),
    "receiver": FieldMeaning("A regular expression; the only receiver is `tocsin`."),
    "active": FieldMeaning("Whether to list alerts that nothing holds back."),
    "silenced": FieldMeaning("Whether to list alerts that a silence holds back."),
    "inhibited": FieldMeaning("Changes nothing: no alert is ever inhibited."),
    "unprocessed": FieldMeaning("Changes nothing: no alert is ever unprocessed."),
    "filter": FieldMeaning("A condition on a label, `label=value`; may be repeated, then all must hold."),
    "timeline_guid": FieldMeaning("The event."),
    "event_type": FieldMeaning("What happened. The list may grow."),
    "timestamp": FieldMeaning("When."),
    "seq": FieldMeaning("Its place among all events of the database."),
    "last_event_id": FieldMeaning(
      "The seq of the last event that was got; the stream goes on after it. Without it: from now on.",
      0...9_007_199_254_740_991),
    "hash": FieldMeaning("SHA-256 over this event and the hash before it, in hex."),
    "metadata": FieldMeaning("More about it, as an object of any JSON without NULs."),
    // Messages
    "communication_guid": FieldMeaning("The message."),
    "short_ref": FieldMeaning(
      "The reference of a message, in any case.", 16...20, pattern: "^[Rr][Ee][Ff]-[0-9]{8}-[A-Za-z0-9]{3,7}$",
      example: "REF-20251229-A7K"),
    "channel": .line("PAGERDUTY, SLACK, PHONE …", 50, example: "PHONE"),
    "direction": FieldMeaning("Out, or in."),
    "message": .block("What was said.", example: "Called on-call engineer to escalate"),
    "recipient": .block("Who was told, or who told us.", example: "+1-555-0123"),
    "external_id": .optionalLine("The other system's id of it."),
    "error_message": FieldMeaning("Why it failed."),
    "notify_code": .line("The code of a notify rule.", 100, example: "INCIDENT_CRITICAL"),
    "code": .line(
      "The code of a notify rule; at sign-in that of the authenticator app, or a recovery code.", 100,
      example: "INCIDENT_CRITICAL"),
    "notify_name": .line("What people call the rule.", example: "Critical Incident Alert"),
    "notify_channels": FieldMeaning(
      "A comma list of CHANNEL or CHANNEL:TARGET.", 1...65_536, pattern: notifyItems,
      example: "PAGERDUTY,SLACK:#ops,EMAIL:dba@example.com"),
    "message_template": FieldMeaning(
      "The message, with placeholders such as {incident_title}; without it the standard one. Up to 64 KiB of UTF-8.",
      1...65_536, pattern: #"^[^\u0000]+$"#,
      example: "{incident_title} is {incident_status}"),
    "sent": FieldMeaning("Messages that were accepted."),
    "failed": FieldMeaning("Messages that were given up."),
    "pending": FieldMeaning("Messages that are still on their way."),
    "attempts": FieldMeaning("Tries to hand it over."),
    "next_at": FieldMeaning("When it is tried next; null for what is settled."),
    "waits_for": FieldMeaning("What it waits for, other than its next try."),
    "format": FieldMeaning("How the report is written."),
    "additional_recipients": FieldMeaning("Further mail addresses.", 0...100, items: "recipient_address"),
    "recipient_address": FieldMeaning(
      "A mail address.", 3...320, pattern: #"^[^\u0000-\u001F\u007F-\u009F@]+@[^\u0000-\u001F\u007F-\u009F@]+$"#,
      example: "manager@example.com"),
    "item": FieldMeaning(
      "CHANNEL, its default target, or CHANNEL:TARGET.", 3...2100, pattern: "^\(notifyItem)$",
      example: "EMAIL:dba@example.com"),
    // Metrics
    "start_date": .day("First day of creation, UTC."),
    "end_date": .day("Last day of creation, UTC, included."),
    "avg_resolution_time_hours": FieldMeaning("Mean hours from creation to closing; null when none is closed."),
    "incidents_by_day": FieldMeaning("Incidents by UTC day of creation; every day of the range."),
    // Access
    "token": .line("A token's guid, or the name of one in use."),
    "user": .line("A user's guid, or a name in any case."),
    "user_guid": FieldMeaning("The user."),
    "token_guid": FieldMeaning("The token."),
    "email": .optionalLine("Their mail address.", example: "ana@example.com"),
    "password": FieldMeaning(
      "The password; a new one has 8 characters to 1,024 bytes and is none that everybody tries first.", 8...1024),
    "expires_at": .expiry("When it ends; never, without it. To set it: 12h or 90d from now, a UTC day, or a time."),
    "last_used_at": FieldMeaning("When it was last used, to the minute."),
    "last_four": FieldMeaning("The last four characters of the secret."),
    "revoked_at": FieldMeaning("When it was ended."),
    "revoked_by": .optionalLine("Who ended it: the caller's name, unless an admin names another."),
    "changed_by": .optionalLine("Who changed it: the caller's name, unless an admin names another."),
    "disabled_at": FieldMeaning("Since when nobody can sign in as this user."),
    "last_login_at": FieldMeaning("When they last signed in."),
    "action": FieldMeaning("What was done. The list may grow."),
    "actor": .line("Who did it."),
    "subject": FieldMeaning("To whom or what it was done."),
    "address": FieldMeaning("The network address it came from."),
    "outcome": FieldMeaning("Whether it was done."),
    "name": .line("What it is called; who acts when it is used.", example: "alertmanager"),
    "role": FieldMeaning("What it may do."),
    "secret": FieldMeaning("The token itself. It is shown this once."),
    "old_password": FieldMeaning("The password so far.", 1...1024),
    "new_password": FieldMeaning("The new password: 8 characters or more, none that everybody tries first.", 8...1024),
    "credential": FieldMeaning("By what the caller said who they are."),
    "csrf_token": FieldMeaning("What a change by this session must bring along in the header X-CSRF-Token."),
    "session_guid": FieldMeaning("The session."),
    "method": FieldMeaning("How they signed in: password, totp, recovery_code, oidc, set_up."),
    "user_agent": FieldMeaning("What the browser calls itself."),
    "is_current": FieldMeaning("Whether it is the one that asks."),
    "sessions_ended": FieldMeaning("How many sessions ended."),
    "totp_secret": FieldMeaning("The secret for the authenticator app, in base32."),
    "totp_uri": FieldMeaning("The same as an address, to be shown as a QR code."),
    "recovery_codes": FieldMeaning("Each is good for one sign-in without the app. They are shown this once."),
  ]
}
