package ai.rails.schema;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.IndexedRecord;
import org.jspecify.annotations.Nullable;

/// A Java record and its Avro record, component by component and in the same order. Immutable.
///
/// @param firstField how many fields of the schema come before the components
/// @param constructor takes `Object[]`, gives the record
record RecordMapping(
    Schema schema, int firstField, List<Component> components, MethodHandle constructor)
    implements ValueMapping {
  /// @param accessor takes `Object`, gives `Object`
  record Component(MethodHandle accessor, ValueMapping mapping) {}

  static RecordMapping of(Class<?> type, Schema schema) {
    return of(type, schema, List.of());
  }

  /// @param before names of the fields that precede the components
  /// @throws IllegalStateException if the schema's fields are not `before` and then the components
  static RecordMapping of(Class<?> type, Schema schema, List<String> before) {
    RecordComponent[] components = type.getRecordComponents();
    requireSameNames(type, schema, before);
    var mapped = new Component[components.length];
    for (int i = 0; i < components.length; i++) {
      Schema field = schema.getFields().get(before.size() + i).schema();
      mapped[i] =
          new Component(
              accessor(components[i]), ValueMappings.of(components[i].getGenericType(), field));
    }
    return new RecordMapping(schema, before.size(), List.of(mapped), constructor(type));
  }

  @Override
  public GenericData.Record toAvro(Object value) {
    var target = new GenericData.Record(schema);
    for (int i = 0; i < components.size(); i++) {
      Component component = components.get(i);
      target.put(firstField + i, component.mapping.toAvro(get(component, value)));
    }
    return target;
  }

  /// @throws Malformed if a value breaks a rule of the Java record
  @Override
  public Object toJava(@Nullable Object value) {
    if (!(value instanceof IndexedRecord source)) {
      throw new Malformed("%s is missing".formatted(schema.getFullName()));
    }
    var values = new Object[components.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = components.get(i).mapping.toJava(source.get(firstField + i));
    }
    try {
      return constructor.invokeExact(values);
    } catch (Error e) {
      throw e;
    } catch (Throwable e) {
      throw new Malformed("%s breaks a rule of its type".formatted(schema.getFullName()), e);
    }
  }

  private static Object get(Component component, Object value) {
    try {
      return component.accessor.invokeExact(value);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException("an accessor failed", e);
    }
  }

  private static void requireSameNames(Class<?> type, Schema schema, List<String> before) {
    List<String> found = schema.getFields().stream().map(Schema.Field::name).toList();
    List<String> expected =
        Stream.concat(
                before.stream(),
                Arrays.stream(type.getRecordComponents()).map(RecordComponent::getName))
            .toList();
    if (!found.equals(expected)) {
      throw new IllegalStateException(
          "schema %s has fields %s, but %s needs %s"
              .formatted(schema.getFullName(), found, type.getSimpleName(), expected));
    }
  }

  private static MethodHandle accessor(RecordComponent component) {
    try {
      return MethodHandles.publicLookup()
          .unreflect(component.getAccessor())
          .asType(MethodType.methodType(Object.class, Object.class));
    } catch (IllegalAccessException e) {
      throw new IllegalStateException(component + " is not public", e);
    }
  }

  private static MethodHandle constructor(Class<?> type) {
    Class<?>[] parameters =
        Arrays.stream(type.getRecordComponents())
            .map(RecordComponent::getType)
            .toArray(Class<?>[]::new);
    try {
      return MethodHandles.publicLookup()
          .findConstructor(type, MethodType.methodType(void.class, parameters))
          .asSpreader(Object[].class, parameters.length)
          .asType(MethodType.methodType(Object.class, Object[].class));
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(type + " is not public", e);
    }
  }
}
