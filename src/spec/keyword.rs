//! Every keyword of the OpenAPI 3.0.3 Schema Object, and what becomes of it in JSON Schema 2020-12.
//!
//! The table is what the translator goes by: a keyword that is not in it is refused.

use super::shape::Shape;

/// One keyword of the Schema Object.
#[derive(Debug, Clone, Copy)]
pub struct Keyword {
    /// Its name in the document.
    pub name: &'static str,
    /// What the translator does with it.
    pub treatment: Treatment,
    /// Why, and where the meaning differs between the two languages.
    pub note: &'static str,
}

/// What the translator does with a keyword.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Treatment {
    /// Asserts the same in both languages: carried over once its value is found to be of this shape.
    Same(Shape),
    /// Holds one schema about parts of the value: that schema is translated.
    Schema,
    /// Holds one schema about the value itself (`not`): that schema is translated.
    SchemaInPlace,
    /// Holds a list of schemas about the value itself: each is translated.
    SchemasInPlace,
    /// Holds a mapping from names to schemas: each is translated.
    NamedSchemas,
    /// Holds true, false or a schema: a schema is translated.
    SchemaOrFlag,
    /// Becomes something else, often together with other keywords.
    Rewritten(Rewrite),
    /// Asserts nothing and is carried over.
    Annotation(Shape),
    /// Asserts nothing and is left out once its value is found to be of this shape.
    Dropped(Shape),
}

/// The keywords that become something else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Rewrite {
    /// `$ref`.
    Reference,
    /// `type`.
    Type,
    /// `nullable`.
    Nullable,
    /// `enum`.
    Enum,
    /// `required`.
    Required,
    /// `minimum` or `maximum`.
    Bound,
    /// `exclusiveMinimum` or `exclusiveMaximum`.
    Exclusive,
    /// `format`.
    Format,
    /// `readOnly` or `writeOnly`.
    Access,
}

impl Keyword {
    /// Returns the entry for `name`.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Keyword> {
        KEYWORDS.iter().find(|keyword| keyword.name == name)
    }

    /// Returns whether the keyword has a say in what is accepted.
    #[must_use]
    pub fn is_constraint(&self) -> bool {
        !matches!(
            self.treatment,
            Treatment::Annotation(_) | Treatment::Dropped(_)
        )
    }
}

const fn keyword(name: &'static str, treatment: Treatment, note: &'static str) -> Keyword {
    Keyword {
        name,
        treatment,
        note,
    }
}

use Treatment::{
    Annotation, Dropped, NamedSchemas, Rewritten, Same, Schema, SchemaInPlace, SchemaOrFlag,
    SchemasInPlace,
};

/// The keywords, in the order of the specification. Names that begin with `x-` are left out of every schema.
pub static KEYWORDS: &[Keyword] = &[
    keyword(
        "$ref",
        Rewritten(Rewrite::Reference),
        "Becomes a reference into `$defs`. 3.0 ignores everything beside it, so a constraint beside it is refused as \
         a mistake, and a description or the like is left out.",
    ),
    keyword(
        "title",
        Dropped(Shape::Text),
        "Says nothing about what is accepted.",
    ),
    keyword(
        "multipleOf",
        Same(Shape::PositiveNumber),
        "The same in both. How exact the judgement of a fraction such as 0.01 is depends on the validator.",
    ),
    keyword(
        "maximum",
        Rewritten(Rewrite::Bound),
        "Stays, or becomes a numeric `exclusiveMaximum` if `exclusiveMaximum: true` stands beside it.",
    ),
    keyword(
        "exclusiveMaximum",
        Rewritten(Rewrite::Exclusive),
        "True or false in 3.0, a number in 2020-12. True without `maximum` is refused.",
    ),
    keyword(
        "minimum",
        Rewritten(Rewrite::Bound),
        "Stays, or becomes a numeric `exclusiveMinimum` if `exclusiveMinimum: true` stands beside it.",
    ),
    keyword(
        "exclusiveMinimum",
        Rewritten(Rewrite::Exclusive),
        "True or false in 3.0, a number in 2020-12. True without `minimum` is refused.",
    ),
    keyword(
        "maxLength",
        Same(Shape::Count),
        "The same in both: counts characters (code points), not bytes.",
    ),
    keyword(
        "minLength",
        Same(Shape::Count),
        "The same in both: counts characters (code points), not bytes.",
    ),
    keyword(
        "pattern",
        Same(Shape::Pattern),
        "The same in both: an ECMA-262 expression that may match anywhere in the text. It must compile.",
    ),
    keyword("maxItems", Same(Shape::Count), "The same in both."),
    keyword("minItems", Same(Shape::Count), "The same in both."),
    keyword(
        "uniqueItems",
        Same(Shape::Flag),
        "The same in both; 1 and 1.0 are equal.",
    ),
    keyword("maxProperties", Same(Shape::Count), "The same in both."),
    keyword("minProperties", Same(Shape::Count), "The same in both."),
    keyword(
        "required",
        Rewritten(Rewrite::Required),
        "Stays, without the read-only names in a request and without the write-only ones in a response. An empty list \
         is refused, as the specification wants at least one name.",
    ),
    keyword(
        "enum",
        Rewritten(Rewrite::Enum),
        "Stays. `nullable: true` adds null to it; a null in the list alone does not lift a `type`.",
    ),
    keyword(
        "type",
        Rewritten(Rewrite::Type),
        "One of six names; `array` needs `items`. A list of types and `null` belong to 3.1 and are refused. \
         2020-12 takes 1.0 as an integer.",
    ),
    keyword(
        "allOf",
        SchemasInPlace,
        "The same in both, each member translated.",
    ),
    keyword(
        "oneOf",
        SchemasInPlace,
        "The same in both, each member translated. `discriminator` does not choose.",
    ),
    keyword(
        "anyOf",
        SchemasInPlace,
        "The same in both, each member translated. `discriminator` does not choose.",
    ),
    keyword(
        "not",
        SchemaInPlace,
        "The same in both, the inner schema translated.",
    ),
    keyword(
        "items",
        Schema,
        "One schema for all items; 3.0 has no list of schemas.",
    ),
    keyword(
        "properties",
        NamedSchemas,
        "The same in both, each member translated.",
    ),
    keyword(
        "additionalProperties",
        SchemaOrFlag,
        "The same in both: counts as additional what `properties` beside it does not name.",
    ),
    keyword(
        "description",
        Dropped(Shape::Text),
        "Says nothing about what is accepted.",
    ),
    keyword(
        "format",
        Rewritten(Rewrite::Format),
        "See `FORMATS`: asserted, turned into bounds or a pattern, or left out as an annotation. An unknown name is \
         refused, as it would be ignored without a word.",
    ),
    keyword(
        "default",
        Annotation(Shape::Any),
        "An annotation in both; it is not checked against its schema.",
    ),
    keyword(
        "nullable",
        Rewritten(Rewrite::Nullable),
        "True means that null is accepted, whatever else the schema says: null joins `type` and `enum`, and beside \
         allOf, oneOf, anyOf or not the whole becomes one of two alternatives. This is what authors mean. A strict \
         reading of 3.0.3 differs: there it adds null to a `type` in the same schema and does nothing else, so that \
         null stays refused by an `enum` without null, by allOf, oneOf or anyOf whose members refuse it.",
    ),
    keyword(
        "discriminator",
        Dropped(Shape::Discriminator),
        "A hint for generators. It does not change what is accepted: oneOf and anyOf are judged by their members.",
    ),
    keyword(
        "readOnly",
        Rewritten(Rewrite::Access),
        "A property that is read-only is not required in a request. It may still be sent, as the specification says \
         only that it should not be.",
    ),
    keyword(
        "writeOnly",
        Rewritten(Rewrite::Access),
        "A property that is write-only is not required in a response. It may still come, as the specification says \
         only that it should not.",
    ),
    keyword(
        "xml",
        Dropped(Shape::Object),
        "About XML; JSON is judged here.",
    ),
    keyword(
        "externalDocs",
        Dropped(Shape::Object),
        "Says nothing about what is accepted.",
    ),
    keyword(
        "example",
        Dropped(Shape::Any),
        "Says nothing about what is accepted.",
    ),
    keyword(
        "deprecated",
        Dropped(Shape::Flag),
        "Says nothing about what is accepted.",
    ),
];

/// Keywords of OpenAPI 3.1 and JSON Schema that 3.0 does not have, with the way to say the same in 3.0.
pub(super) static NEWER: &[(&str, &str)] = &[
    ("const", "write `enum` with this one value"),
    (
        "prefixItems",
        "3.0 cannot type items by their place; use `items` with `anyOf` for all of them",
    ),
    (
        "contains",
        "3.0 cannot say this; describe the items with `items`",
    ),
    ("minContains", "3.0 cannot say this; remove it"),
    ("maxContains", "3.0 cannot say this; remove it"),
    (
        "patternProperties",
        "3.0 cannot type members by pattern; use `additionalProperties`",
    ),
    ("propertyNames", "3.0 cannot constrain names; remove it"),
    (
        "dependentRequired",
        "3.0 cannot say this; write the cases out with `oneOf`",
    ),
    (
        "dependentSchemas",
        "3.0 cannot say this; write the cases out with `oneOf`",
    ),
    (
        "dependencies",
        "3.0 cannot say this; write the cases out with `oneOf`",
    ),
    ("if", "write the cases out with `oneOf`"),
    ("then", "write the cases out with `oneOf`"),
    ("else", "write the cases out with `oneOf`"),
    ("examples", "use `example` with one value"),
    (
        "unevaluatedProperties",
        "use `additionalProperties: false` where all properties are named",
    ),
    ("unevaluatedItems", "3.0 cannot say this; remove it"),
    (
        "additionalItems",
        "3.0 types all items with `items`; remove it",
    ),
    ("contentEncoding", "use `format: byte` for base64"),
    ("contentMediaType", "name the media type in `content`"),
    ("contentSchema", "name the media type in `content`"),
    ("$defs", "move the definitions to `components/schemas`"),
    (
        "definitions",
        "move the definitions to `components/schemas`",
    ),
    ("$id", "refer by `#/components/schemas/...` and remove it"),
    ("id", "refer by `#/components/schemas/...` and remove it"),
    ("$schema", "remove it; 3.0 has one dialect"),
    (
        "$anchor",
        "refer by `#/components/schemas/...` and remove it",
    ),
    ("$dynamicRef", "use `$ref`"),
    (
        "$dynamicAnchor",
        "refer by `#/components/schemas/...` and remove it",
    ),
    ("$comment", "use a YAML comment or `description`"),
];
