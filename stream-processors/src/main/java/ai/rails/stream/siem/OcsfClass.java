package ai.rails.stream.siem;

/// The classes of OCSF 1.8.0 that the feed uses.
enum OcsfClass {
  DETECTION_FINDING(2004, "Detection Finding", 2, "Findings"),
  ACCOUNT_CHANGE(3001, "Account Change", 3, "Identity & Access Management"),
  ENTITY_MANAGEMENT(3004, "Entity Management", 3, "Identity & Access Management"),
  USER_ACCESS(3005, "User Access Management", 3, "Identity & Access Management"),
  WEB_RESOURCES_ACTIVITY(6001, "Web Resources Activity", 6, "Application Activity"),
  APPLICATION_LIFECYCLE(6002, "Application Lifecycle", 6, "Application Activity"),
  API_ACTIVITY(6003, "API Activity", 6, "Application Activity");

  private final int uid;
  private final String caption;
  private final int categoryUid;
  private final String category;

  OcsfClass(int uid, String caption, int categoryUid, String category) {
    this.uid = uid;
    this.caption = caption;
    this.categoryUid = categoryUid;
    this.category = category;
  }

  int uid() {
    return uid;
  }

  String caption() {
    return caption;
  }

  int categoryUid() {
    return categoryUid;
  }

  String category() {
    return category;
  }

  /// In these the acting party belongs to the profile `host`.
  boolean actorIsOfHostProfile() {
    return switch (this) {
      case DETECTION_FINDING, WEB_RESOURCES_ACTIVITY, APPLICATION_LIFECYCLE -> true;
      case ACCOUNT_CHANGE, ENTITY_MANAGEMENT, USER_ACCESS, API_ACTIVITY -> false;
    };
  }
}
