package ai.rails.platform.workflow;

import java.util.regex.Pattern;

/// The forms of names in a workflow. Names that expressions use are identifiers of CEL.
final class Forms {
  static final Pattern WORKFLOW = Pattern.compile("[a-z0-9][a-z0-9-]{0,62}");
  static final String WORKFLOW_HINT = "lower-case letters, digits and hyphens, at most 63";
  static final Pattern STEP = Pattern.compile("[a-z][a-z0-9_]{0,39}");
  static final String STEP_HINT = "a lower-case identifier of at most 40 characters, such as fetch";
  static final Pattern NAME = Pattern.compile("[A-Za-z][A-Za-z0-9_]{0,39}");
  static final String NAME_HINT = "an identifier of at most 40 letters, digits and _";
  static final Pattern ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.:@/|+=-]{0,127}");
  static final String ID_HINT = "an id";
  static final Pattern SEMVER =
      Pattern.compile("(0|[1-9][0-9]{0,5})\\.(0|[1-9][0-9]{0,5})\\.(0|[1-9][0-9]{0,5})");
  static final String SEMVER_HINT = "an exact version such as 1.0.0";
  static final Pattern TITLE = Pattern.compile("[^\\p{Cntrl}]{1,120}");
  static final String TITLE_HINT = "one line of at most 120 characters";
  static final Pattern LABEL = Pattern.compile("[^\\p{Cntrl}]{1,64}");
  static final String LABEL_HINT = "at most 64 characters, for it is disclosed";
  static final Pattern CODE = Pattern.compile("[A-Z][A-Z0-9_]{0,39}");
  static final String CODE_HINT = "a code such as CATEGORY_UNKNOWN";
  static final Pattern EXPRESSION = Pattern.compile("(?s).{1,4096}");
  static final String EXPRESSION_HINT = "a CEL expression of at most 4096 characters";
  static final Pattern POINTER = Pattern.compile("(/[^\\p{Cntrl}]*){1,16}");
  static final String POINTER_HINT = "a JSON Pointer such as /steps/fetch/number";
  static final Pattern USE = Pattern.compile("[A-Za-z][A-Za-z0-9_]{0,39}\\.[a-z][a-z0-9-]{0,62}");
  static final String USE_HINT = "alias.action, such as servicenow.get-incident";
  static final Pattern DISPLAYED =
      Pattern.compile("inputs\\.[A-Za-z]\\w{0,39}|steps\\.[a-z]\\w{0,39}\\.[A-Za-z]\\w{0,39}");
  static final String DISPLAYED_HINT = "a disclosed field such as steps.classify.category";
  static final Pattern COST = Pattern.compile("([0-9]{1,6})(?:\\.([0-9]{1,9}))? ([A-Z]{3})");
  static final String COST_HINT = "an amount and a currency such as 0.50 USD";
  static final Pattern CRON = Pattern.compile("[0-9*/, A-Z?#L-]{9,80}");
  static final String CRON_HINT = "a cron expression such as 0 7 * * MON-FRI";
  static final Pattern ZONE = Pattern.compile("[A-Za-z][A-Za-z0-9_+/-]{1,39}");
  static final String ZONE_HINT = "a time zone such as Europe/Berlin";

  private Forms() {}
}
