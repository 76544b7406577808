import API
import Foundation
import Hummingbird
import Logging
import Tocsin

/// Where monitoring systems send their alerts: one door for each dialect. A 2xx means that the alerts are on disk.
///
/// Add a dialect: how it is read beside ``AlertSources``, with a line there; its door in this folder, with a line here.
struct IntakeRoutes {
  let desk: IntakeDesk

  func add(to table: inout RouteTable) {
    JSONDoor(desk: desk).add(to: &table)
    CloudEventsDoor(desk: desk).add(to: &table)
    HeartbeatDoor(incidents: desk.incidents).add(to: &table)
    GrafanaDoor(desk: desk).add(to: &table)
    PagerDutyDoor(desk: desk).add(to: &table)
    OpsgenieDoor(desk: desk).add(to: &table)
    AlertmanagerDoor(desk: desk).add(to: &table)
    AlertmanagerRoutes(desk: desk).add(to: &table)
  }
}
