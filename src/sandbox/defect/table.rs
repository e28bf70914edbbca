//! Every defect: its name, what is wrong when it is planted, and where.

use super::Part;

macro_rules! defects {
    ($($part:ident { $($defect:ident $name:literal $says:literal)+ })+) => {
        /// A bug that can be planted, one at a time.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[allow(clippy::doc_markdown, reason = "the texts are printed, too")]
        #[cfg_attr(
            not(feature = "__defects"),
            allow(unreachable_pub, dead_code, reason = "nobody can plant one")
        )]
        pub enum Defect {
            $($(#[doc = $says] $defect,)+)+
        }

        impl Defect {
            /// The part of the simulator that it is in.
            pub(in crate::sandbox) const fn part(self) -> Part {
                match self {
                    $($(Self::$defect)|+ => Part::$part,)+
                }
            }
        }

        #[cfg(feature = "__defects")]
        impl Defect {
            /// Every one of them, part by part.
            pub const ALL: &'static [Self] = &[$($(Self::$defect,)+)+];

            /// The name, which stays.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $($(Self::$defect => $name,)+)+
                }
            }

            /// What is wrong when it is planted, in one line.
            #[must_use]
            pub const fn says(self) -> &'static str {
                match self {
                    $($(Self::$defect => $says,)+)+
                }
            }

            /// The one of that name.
            #[must_use]
            pub fn named(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|it| it.name() == name)
            }
        }
    };
}

defects! {
    Admission {
        SkipsAmount "skips-amount" "Any amount is taken: the rule `amount` is not checked."
        SkipsAmountWithinLimits "skips-amount-within-limits" "A preset amount outside its limits is taken."
        SkipsLimitsOrdered "skips-limits-ordered" "A minimum over the maximum is taken."
        SkipsRedirectUrls "skips-redirect-urls" "The mode RedirectUri is taken without both URLs."
        SkipsRedirectUrlScheme "skips-redirect-url-scheme" "A redirect to a script is taken."
        SkipsBirthDateExists "skips-birth-date-exists" "A birth date that no calendar has is taken."
        SkipsEmailPartLengths "skips-email-part-lengths" "An email address with a part that is too long is taken."
        SkipsEmailRequired "skips-email-required" "A regular session without an email address is taken."
        SkipsPayeeOnlyGuaranteed "skips-payee-only-guaranteed" "A payee of a regular session is taken."
        SkipsAccountNumber "skips-account-number" "Any account number is taken."
        SkipsProvince "skips-province" "Any province is taken."
        SkipsUnknownMember "skips-unknown-member" "Members that the contract does not have are taken."
        SkipsMissingMember "skips-missing-member" "Required members may be missing."
        SkipsWrongType "skips-wrong-type" "A number or a flag is taken as a text."
        SkipsMediaType "skips-media-type" "A body is taken whatever its media type."
        RefusesMediaTypeParameters "refuses-media-type-parameters" "A media type with a parameter is refused."
        RefusesHighestAmount "refuses-highest-amount" "The highest amount is refused: the bound is a cent too low."
        RefusesAmountAtMaximum "refuses-amount-at-maximum" "A preset amount at the maximum of its limits is refused."
        RefusesEqualLimits "refuses-equal-limits" "Limits of which both are the same are refused."
        RefusesLongestReference "refuses-longest-reference" "The longest reference is refused: the bound is one character too low."
        RefusesNull "refuses-null" "A null is refused where the contract allows it."
        TakesLongBodies "takes-long-bodies" "A body of more than 65,536 bytes is taken."
        PathsInAnyCase "paths-in-any-case" "A path is found in any letter case."
        CancelsByGet "cancels-by-get" "A session is cancelled by a GET."
    }
    Tokens {
        TokensNeverExpire "tokens-never-expire" "A token lives for ever."
        TokensExpireAtOnce "tokens-expire-at-once" "A token is never live."
        TokensExpireEarly "tokens-expire-early" "A token expires a second before its time."
        TokensExpireLate "tokens-expire-late" "A token lives a second longer than was said."
        TokenCreatesTwice "token-creates-twice" "A token that has created a session creates another."
        TokenSpentByRefusal "token-spent-by-refusal" "A create that is refused spends its token."
        NewTokenRevokesOlder "new-token-revokes-older" "A new token makes the client's older ones invalid."
        AnyTokenTaken "any-token-taken" "A token that was never issued is taken."
        ClientsAreOne "clients-are-one" "A token of any client works for the first one's sessions."
        CreatesWithoutToken "creates-without-token" "A session is created without credentials."
        ReadsDetailsWithoutToken "reads-details-without-token" "Details are read without credentials."
        CancelsWithoutToken "cancels-without-token" "A session is cancelled without credentials."
        BasicTakenForToken "basic-taken-for-token" "HTTP Basic with anything in it is taken where a token is expected."
        RefusesLowerCaseScheme "refuses-lower-case-scheme" "`bearer` in lower case is refused."
        AnySecretTaken "any-secret-taken" "A client gets a token with a wrong secret."
        AnyClientTaken "any-client-taken" "A client that is not known gets a token."
        AnyGrantTaken "any-grant-taken" "Another grant than client_credentials is taken."
        CredentialsInBothPlaces "credentials-in-both-places" "Credentials in the form and by HTTP Basic at once are taken."
        UnknownFieldsTaken "unknown-fields-taken" "A form with a field that the contract does not have is taken."
    }
    Course {
        SkipsConsent "skips-consent" "The consent screen that was asked for is not shown."
        SkipsBankSelection "skips-bank-selection" "The payor is not asked for a bank."
        SkipsReview "skips-review" "The payment is not reviewed: it is completed a step too early."
        AsksForPresetAmount "asks-for-preset-amount" "The payor is asked for an amount that is preset."
        AsksTwice "asks-twice" "The bank asks a second question of everybody: the step is there twice."
        FailedLoginGoesOn "failed-login-goes-on" "A payor whose login fails goes on."
        WrongNameGoesOn "wrong-name-goes-on" "A payor with another name goes on."
        LowBalanceGoesOn "low-balance-goes-on" "A payor who has too little goes on."
        UnguaranteedGoesOn "unguaranteed-goes-on" "A payment that is not guaranteed goes on."
        RefusedAgreementCompletes "refused-agreement-completes" "A payment is complete though the payor refuses the agreement."
        OffersACentLess "offers-a-cent-less" "A lower guarantee is a cent lower than it should be."
        KeepsAmountOfLowerOffer "keeps-amount-of-lower-offer" "The amount stays as it was after a lower offer was accepted."
        ForgetsEnteredAmount "forgets-entered-amount" "The amount that the payor has entered is not kept."
        TakesAmountOverMaximum "takes-amount-over-maximum" "The payor may enter more than the maximum."
        RefusesAmountAtBound "refuses-amount-at-bound" "The payor may not enter the maximum itself."
        LoginFailureHasOtherCode "login-failure-has-other-code" "A failed login has the code of a wrong name."
        UnguaranteedIsExpired "unguaranteed-is-expired" "A session without a guarantee has expired instead of failed."
        FailureHasNoCode "failure-has-no-code" "A failed session has no code."
        AgreementIsInProgress "agreement-is-in-progress" "A session whose agreement is not signed is in progress still."
        NeverSigned "never-signed" "A session whose agreement is signed says that it is not."
        InitiatedIsInProgress "initiated-is-in-progress" "A session that nobody has opened is in progress."
        CancelsFinished "cancels-finished" "A session that has ended is cancelled."
        RefusesCancelInProgress "refuses-cancel-in-progress" "A session that the payor has opened cannot be cancelled."
        CancelledIsExpired "cancelled-is-expired" "A session that is cancelled has expired."
        DecidesTwice "decides-twice" "A guarantee is decided about again."
        DecidesBeforeOffer "decides-before-offer" "A guarantee that is not on offer is decided about."
        InvertsDecision "inverts-decision" "A guarantee that is accepted is rejected, and the other way round."
        IgnoresRejection "ignores-rejection" "A guarantee that is rejected is accepted."
        IgnoresDecision "ignores-decision" "A decision is answered, and nothing comes of it."
        NeverExpires "never-expires" "A session never expires."
        ExpiresEarly "expires-early" "A session expires a second before its time."
        ExpiresLate "expires-late" "A session expires a second after its time."
        FinishedExpires "finished-expires" "A session that has ended expires all the same."
    }
    Store {
        ForgetsCreate "forgets-create" "A session is answered and not kept."
        ForgetsAfterAMinute "forgets-after-a-minute" "A session is gone a minute after it was created."
        KeepsThreeSessions "keeps-three-sessions" "The fourth session takes the place of the first."
        ReusesIds "reuses-ids" "A new session has the id of the client's first one."
        ReferenceRefusedAgain "reference-refused-again" "A reference that another session has is refused."
        ReferenceAnswersFirst "reference-answers-first" "A create with the reference of another session answers that one."
        CancelDoesNothing "cancel-does-nothing" "A cancel is answered, and the session stays open."
        ForgetsCancel "forgets-cancel" "A cancelled session is open again a minute after it was created."
        StatusOfAnotherSession "status-of-another-session" "A status is that of another session."
        DetailsOfAnotherSession "details-of-another-session" "Details have another session's payor in them."
        OthersReadDetails "others-read-details" "The details of another client's session are read."
        OthersReadStatus "others-read-status" "The status of another client's session is read."
        OthersCancel "others-cancel" "Another client's session is cancelled."
        LosesReference "loses-reference" "The reference is not kept."
        LosesMiddleName "loses-middle-name" "The payor's middle name is not kept."
        LosesLimits "loses-limits" "The limits are not kept."
        LosesPayee "loses-payee" "The payee is not kept: the money goes elsewhere."
        KeepsWholeDollars "keeps-whole-dollars" "The cents of an amount are not kept."
    }
    Answers {
        RefusalsAreSuccesses "refusals-are-successes" "A refusal has the status 200."
        UnknownSessionIsFound "unknown-session-is-found" "A session that does not exist is answered 200."
        UnauthorizedIsForbidden "unauthorized-is-forbidden" "A call without a valid token is answered 403."
        CreatedIsAccepted "created-is-accepted" "A create is answered 202."
        ErrorsInOtherShape "errors-in-other-shape" "The refusal of a create is no problem details."
        ErrorsWithoutMembers "errors-without-members" "A refusal says nothing."
        ErrorsInHtml "errors-in-html" "A session that does not exist is answered with a page."
        ErrorsWithPayor "errors-with-payor" "A refusal repeats the payor's name."
        ProblemWithOtherStatus "problem-with-other-status" "Problem details have another status than the answer."
        AnswersAsText "answers-as-text" "An answer in JSON says that it is plain text."
        LifetimeAsText "lifetime-as-text" "The lifetime of a token is a text."
        TokenTypeIsMac "token-type-is-mac" "A token is of another type."
        CreatedInUpperCase "created-in-upper-case" "The id of a new session is in upper case."
        CreatedWithoutId "created-without-id" "A create is answered without an id."
        StatusACentMore "status-a-cent-more" "The amount of a status is a cent too much."
        StatusAmountAsText "status-amount-as-text" "The amount of a status is a text."
        StatusAmountWithNoise "status-amount-with-noise" "The amount of a status has more than two decimals."
        StatusWithoutReference "status-without-reference" "The reference of a status is null."
        StatusWithOtherId "status-with-other-id" "A status has an id that was not asked for."
        StatusWithoutCode "status-without-code" "A completed session has no code."
        DetailsLagBehind "details-lag-behind" "Details say that a completed session is in progress."
        DetailsSwapNames "details-swap-names" "First and last name of the payor are swapped."
        DetailsWithoutEmail "details-without-email" "The payor's email address is null."
        DetailsWithoutStep "details-without-step" "The step is null after the payor has come."
        DetailsCreatedADay "details-created-a-day" "Details have the day of the creation and no time."
        DetailsCreatedAnHourEarly "details-created-an-hour-early" "Details have another hour of the creation."
        DetailsLimitsACentMore "details-limits-a-cent-more" "The maximum is a cent too much."
        DetailsSwapRedirects "details-swap-redirects" "The two URLs of the redirect are swapped."
        DetailsShowAccount "details-show-account" "The payor's account number is in full before the payment is complete."
        DetailsWithoutGuarantee "details-without-guarantee" "The guarantee is null though there is one."
        DetailsInvertAccepted "details-invert-accepted" "An accepted guarantee is said not to be."
        DetailsGuaranteeACentMore "details-guarantee-a-cent-more" "The highest amount that is guaranteed is a cent too much."
        DetailsOtherProduct "details-other-product" "Details have the other product."
        CancelSaysInProgress "cancel-says-in-progress" "A cancel is answered with the status InProgress."
        ConfirmWithoutReference "confirm-without-reference" "A decision is answered without the reference."
    }
    Webhooks {
        SignsOtherBytes "signs-other-bytes" "A webhook is signed over its JSON written anew."
        SignsWithOldSecret "signs-with-old-secret" "A webhook is signed with another secret."
        SignsInLowerCase "signs-in-lower-case" "The signature is in lower case."
        SignsWithoutPrefix "signs-without-prefix" "The signature has no `sha256=`."
        SignsWithUpperCasePrefix "signs-with-upper-case-prefix" "The signature begins with `SHA256=`."
        SignsInOtherHeader "signs-in-other-header" "The signature stands in another header."
        SendsTwice "sends-twice" "A webhook is sent twice."
        SendsAgainLater "sends-again-later" "A webhook is sent again when a completed session is looked at."
        NoWebhookOfFailure "no-webhook-of-failure" "Nobody is told of a session that fails."
        NoWebhookOfCancel "no-webhook-of-cancel" "Nobody is told of a session that is cancelled."
        NoWebhookOfCompletion "no-webhook-of-completion" "Nobody is told of a payment that is scheduled."
        WebhookOfExpiry "webhook-of-expiry" "A receiver is told of a session that has expired."
        WebhookTooEarly "webhook-too-early" "A receiver is told that a payment is scheduled before it is."
        WebhooksOutOfOrder "webhooks-out-of-order" "The webhook of the agreement comes after that of the payment."
        WebhookWithOtherId "webhook-with-other-id" "A webhook has another session's id."
        WebhookACentMore "webhook-a-cent-more" "The amount of a webhook is a cent too much."
        WebhookWithoutReference "webhook-without-reference" "The reference of a webhook is null."
        WebhookOfAnotherEvent "webhook-of-another-event" "A webhook of a cancelled session says that it has failed."
        WebhookAnHourEarly "webhook-an-hour-early" "The time of a webhook is an hour early."
        GuaranteeUntold "guarantee-untold" "Nobody is told of a guarantee that waits for a decision."
        GuaranteeToldACentMore "guarantee-told-a-cent-more" "The guarantee that a receiver is told of is a cent too much."
        GuaranteeNotTriedAgain "guarantee-not-tried-again" "A guarantee that no receiver takes is not told again."
        GuaranteeTriedForEver "guarantee-tried-for-ever" "A guarantee that no receiver takes is told a fourth time."
    }
    Control {
        ClockStandsStill "clock-stands-still" "The time cannot be moved."
        JournalMissesRefusals "journal-misses-refusals" "The journal does not have what was refused."
        ListMissesNewest "list-misses-newest" "The list of sessions does not have the newest."
    }
}
