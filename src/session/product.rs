//! What the two product types and their builders have in common, written once.
//!
//! Two macros, because the products are two types on purpose: their users see plain methods, and no type parameter.

/// The setters and the end of a builder that has a `debit` and a `reference_id`.
macro_rules! debit_builder {
    ($builder:ident => $request:ident, $reference:ident) => {
        impl $builder {
            /// Presets the amount, in Canadian dollars; the payor then cannot choose it (S4).
            pub fn amount(mut self, amount: impl Into<Draft<Amount>>) -> Self {
                self.debit.amount = Some(amount.into());
                self
            }

            /// Sets the integrator's own reference. It appears in replies and reconciliation files, and is the only way to
            /// find a session whose id was lost, so a unique one for each payment is strongly recommended.
            pub fn reference_id(mut self, reference_id: impl Into<Draft<$reference>>) -> Self {
                self.reference_id = Some(reference_id.into());
                self
            }

            /// Sets the language of the hosted page and of notifications; English unless it is set (S4).
            pub fn language(mut self, language: impl Into<Draft<Language>>) -> Self {
                self.debit.language = Some(language.into());
                self
            }

            /// Sets whether Flinks' own consent screen comes first. No default is published.
            pub fn show_consent_screen(mut self, show: bool) -> Self {
                self.debit.show_consent_screen = Some(show);
                self
            }

            /// Sets whether the payor may change the amount. No default is published, and how it goes together with a
            /// preset amount is not explained (S4).
            pub fn amount_modification(mut self, allow: bool) -> Self {
                self.debit.amount_modification = Some(allow);
                self
            }

            /// Bounds the amount.
            pub fn limits(mut self, limits: impl Into<LimitsBuilder>) -> Self {
                self.debit.limits = Some(limits.into());
                self
            }

            /// Sets how the hosted page hands the payor back.
            pub fn redirect(mut self, redirect: impl Into<RedirectBuilder>) -> Self {
                self.debit.redirect = Some(redirect.into());
                self
            }

            /// Checks the whole request.
            ///
            /// # Errors
            ///
            /// Every violation at once.
            pub fn build(self) -> Result<$request, Violations> {
                let mut findings = Findings::default();
                let built = self.check(&mut findings);
                findings.finish(built)
            }
        }
    };
}

/// The getters and the JSON of a request that has a `debit` and a `reference_id`.
macro_rules! debit_request {
    ($request:ident, $builder:ident, $reference:ident) => {
        impl $request {
            /// The person who is debited.
            #[must_use]
            pub fn payor(&self) -> &Payor {
                &self.debit.payor
            }

            /// The preset amount.
            #[must_use]
            pub fn amount(&self) -> Option<Amount> {
                self.debit.amount
            }

            /// The integrator's own reference.
            #[must_use]
            pub fn reference_id(&self) -> Option<&$reference> {
                self.reference_id.as_ref()
            }

            /// The language of the hosted page.
            #[must_use]
            pub fn language(&self) -> Option<Language> {
                self.debit.language
            }

            /// Whether Flinks' own consent screen comes first.
            #[must_use]
            pub fn show_consent_screen(&self) -> Option<bool> {
                self.debit.show_consent_screen
            }

            /// Whether the payor may change the amount.
            #[must_use]
            pub fn amount_modification(&self) -> Option<bool> {
                self.debit.amount_modification
            }

            /// Bounds on the amount.
            #[must_use]
            pub fn limits(&self) -> Option<&Limits> {
                self.debit.limits.as_ref()
            }

            /// How the hosted page hands the payor back.
            #[must_use]
            pub fn redirect(&self) -> Option<&Redirect> {
                self.debit.redirect.as_ref()
            }

            /// Returns what the rules advise against; none of it keeps the request from being sent.
            #[must_use]
            pub fn warnings(&self) -> Vec<Warning> {
                $builder::from(self.clone()).warnings()
            }

            /// Reads a request from JSON.
            ///
            /// `null` for an optional member that the contract calls nullable is the same as leaving it out.
            ///
            /// # Errors
            ///
            /// Every violation at once: values that break a rule, members that are missing, of the wrong JSON type, or not
            /// of this product.
            pub fn from_json(json: &Value) -> Result<Self, Violations> {
                let mut findings = Findings::default();
                let built = $builder::read(json, &mut findings)
                    .and_then(|builder| builder.check(&mut findings));
                findings.finish(built)
            }
        }

        $crate::session::parse::deserialize_checked!($request);
    };
}

pub(super) use {debit_builder, debit_request};
