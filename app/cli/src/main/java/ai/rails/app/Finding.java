package ai.rails.app;

/// One thing that `rails doctor` looked at. `fix` is what to do, empty when nothing is to be done.
record Finding(String name, boolean ok, boolean required, String detail, String fix) {
  static Finding ok(String name, String detail) {
    return new Finding(name, true, true, detail, "");
  }

  static Finding missing(String name, String detail, String fix) {
    return new Finding(name, false, true, detail, fix);
  }

  Finding optional() {
    return new Finding(name, ok, false, detail, fix);
  }

  boolean fails() {
    return required && !ok;
  }
}
