package ai.rails.standin.s3;

/// Writes text into XML.
final class Xml {
  private Xml() {}

  static String text(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }

  static String element(String name, String text) {
    return "<%s>%s</%s>".formatted(name, text(text), name);
  }
}
