package ai.rails.standin.servicenow;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The columns of a table: which are references, journals or read only, and which one names a row.
record TableSchema(
    String name,
    Set<String> fields,
    Map<String, String> references,
    Set<String> journals,
    Set<String> readOnly,
    String display) {
  private static final Set<String> SYSTEM =
      Set.of(
          "sys_id",
          "sys_created_on",
          "sys_created_by",
          "sys_updated_on",
          "sys_updated_by",
          "sys_mod_count");

  TableSchema {
    fields = Set.copyOf(fields);
    references = Map.copyOf(references);
    journals = Set.copyOf(journals);
    readOnly = Set.copyOf(readOnly);
  }

  private static final TableSchema INCIDENT =
      of(
          "incident",
          "number",
          Map.ofEntries(
              Map.entry("caller_id", "sys_user"),
              Map.entry("opened_by", "sys_user"),
              Map.entry("assigned_to", "sys_user"),
              Map.entry("resolved_by", "sys_user"),
              Map.entry("closed_by", "sys_user"),
              Map.entry("assignment_group", "sys_user_group"),
              Map.entry("sys_domain", "sys_user_group"),
              Map.entry("company", "core_company"),
              Map.entry("location", "cmn_location"),
              Map.entry("cmdb_ci", "cmdb_ci"),
              Map.entry("business_service", "cmdb_ci_service"),
              Map.entry("parent_incident", "incident"),
              Map.entry("problem_id", "problem"),
              Map.entry("caused_by", "change_request"),
              Map.entry("rfc", "change_request")),
          Set.of("work_notes", "comments", "comments_and_work_notes", "approval_history"),
          Set.of("priority", "reassignment_count", "reopen_count"),
          """
          upon_approval expected_start reopen_count close_notes additional_assignee_list correlation_id sys_tags description
          group_list delivery_plan work_notes_list business_service follow_up closed_at delivery_task parent work_end closed_by
          work_start calendar_stc business_duration activity_due correlation_display company due_date comments_and_work_notes
          parent_incident user_input approval_set rfc child_incidents order resolved_by upon_reject approval_history work_notes
          calendar_duration close_code caused_by resolved_at assigned_to business_stc wf_activity subcategory rejection_goto
          watch_list time_worked comments location impact urgency priority sys_domain sla_due number category incident_state
          active assignment_group caller_id knowledge made_sla state reassignment_count opened_at short_description notify
          problem_id approval severity sys_domain_path cmdb_ci opened_by sys_class_name contact_type escalation hold_reason
          """);

  private static final List<TableSchema> ALL =
      List.of(
          INCIDENT,
          of(
              "sys_user_group",
              "name",
              Map.of("manager", "sys_user", "parent", "sys_user_group"),
              Set.of(),
              Set.of(),
              "name description active manager parent email type source"),
          of(
              "sys_user",
              "name",
              Map.of("manager", "sys_user"),
              Set.of(),
              Set.of(),
              "user_name name first_name last_name email active title manager time_zone"),
          of(
              "sys_choice",
              "label",
              Map.of(),
              Set.of(),
              Set.of(),
              "name element value label sequence inactive language dependent_value hint"),
          of(
              "sys_journal_field",
              "element",
              Map.of(),
              Set.of(),
              Set.of(),
              "element_id name element value"));

  /// The table of that name; empty when this instance has none.
  static Optional<TableSchema> named(String table) {
    return ALL.stream().filter(schema -> schema.name.equals(table)).findFirst();
  }

  static List<TableSchema> all() {
    return ALL;
  }

  boolean writable(String field) {
    return fields.contains(field) && !SYSTEM.contains(field) && !readOnly.contains(field);
  }

  private static TableSchema of(
      String name,
      String display,
      Map<String, String> references,
      Set<String> journals,
      Set<String> readOnly,
      String columns) {
    Set<String> fields = new HashSet<>(SYSTEM);
    fields.addAll(List.of(columns.strip().split("\\s+")));
    return new TableSchema(name, fields, references, journals, readOnly, display);
  }
}
