import Tocsin

/// Pages for people who are signed in: a group of routes.
protocol PageGroup {
  func add(to table: inout RouteTable)
}

/// All pages. Add one: a file and a line here.
enum PageRoutes {
  static func all(_ incidents: Incidents) -> [any PageGroup] {
    [
      HomePage(incidents: incidents),
      PreferenceRoutes(incidents: incidents),
      // Incidents.
      IncidentListPage(incidents: incidents),
      NewIncidentPage(incidents: incidents),
      IncidentPage(incidents: incidents),
      MergePages(incidents: incidents),
      ReportPages(incidents: incidents),

      // Alerts, silences, messages, metrics.
      AlertListPage(incidents: incidents),
      AlertPage(incidents: incidents),
      HeartbeatPages(incidents: incidents),
      SilenceListPage(incidents: incidents),
      NewSilencePage(incidents: incidents),
      SilencePage(incidents: incidents),
      MessagesPage(incidents: incidents),
      MetricsPage(incidents: incidents),

      // Notify rules, channels, people, tokens, system.
      NotifyRulesPage(incidents: incidents),
      ChannelsPage(incidents: incidents),
      PeoplePage(incidents: incidents),
      PersonPage(incidents: incidents),
      TokensPage(incidents: incidents),
      SourcesPage(incidents: incidents),
      SystemPage(incidents: incidents),
      AuditPage(incidents: incidents),
      ChecklistRoutes(incidents: incidents),
      AccountPage(incidents: incidents),
      HelpPage(incidents: incidents),

    ]
  }
}
