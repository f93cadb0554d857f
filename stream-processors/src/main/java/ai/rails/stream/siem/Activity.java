package ai.rails.stream.siem;

/// What was done, in the words of a class.
///
/// @param id 99 for what the class has no word for; `name` is then ours
record Activity(OcsfClass ofClass, int id, String name) {
  private static final int OTHER = 99;

  static Activity api(String name) {
    return new Activity(OcsfClass.API_ACTIVITY, OTHER, name);
  }

  static Activity apiRead() {
    return new Activity(OcsfClass.API_ACTIVITY, 2, "Read");
  }

  static Activity export() {
    return new Activity(OcsfClass.WEB_RESOURCES_ACTIVITY, 7, "Export");
  }

  static Activity run(Lifecycle activity) {
    return new Activity(OcsfClass.APPLICATION_LIFECYCLE, activity.id, activity.caption);
  }

  static Activity entity(Change change) {
    return new Activity(OcsfClass.ENTITY_MANAGEMENT, change.id, change.caption);
  }

  static Activity finding() {
    return new Activity(OcsfClass.DETECTION_FINDING, 1, "Create");
  }

  static Activity findingClosed() {
    return new Activity(OcsfClass.DETECTION_FINDING, 3, "Close");
  }

  static Activity assign() {
    return new Activity(OcsfClass.USER_ACCESS, 1, "Assign Privileges");
  }

  static Activity revoke() {
    return new Activity(OcsfClass.USER_ACCESS, 2, "Revoke Privileges");
  }

  static Activity passwordChange() {
    return new Activity(OcsfClass.ACCOUNT_CHANGE, 3, "Password Change");
  }

  static Activity account(String name) {
    return new Activity(OcsfClass.ACCOUNT_CHANGE, OTHER, name);
  }

  static Activity lifecycle(String name) {
    return new Activity(OcsfClass.APPLICATION_LIFECYCLE, OTHER, name);
  }

  long typeUid() {
    return ofClass.uid() * 100L + id;
  }

  String typeName() {
    return ofClass.caption() + ": " + (id == OTHER ? "Other" : name);
  }

  /// Of a run, in the words of Application Lifecycle.
  enum Lifecycle {
    START(3, "Start"),
    STOP(4, "Stop"),
    RESTART(5, "Restart");

    private final int id;
    private final String caption;

    Lifecycle(int id, String caption) {
      this.id = id;
      this.caption = caption;
    }
  }

  /// Of a managed entity, in the words of Entity Management.
  enum Change {
    CREATE(1, "Create"),
    UPDATE(3, "Update"),
    DELETE(4, "Delete"),
    ENROLL(6, "Enroll"),
    UNENROLL(7, "Unenroll"),
    ACTIVATE(10, "Activate"),
    DEACTIVATE(11, "Deactivate");

    private final int id;
    private final String caption;

    Change(int id, String caption) {
      this.id = id;
      this.caption = caption;
    }
  }
}
