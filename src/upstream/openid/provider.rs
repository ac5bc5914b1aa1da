//! The protocol: discovery, the way there, the way back. The checks are those of the `openidconnect` crate.

use std::error::Error;
use std::fmt;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;
use std::time::Instant;

use anyhow::Context;
use lru::LruCache;
use openidconnect::AccessTokenHash;
use openidconnect::AuthType;
use openidconnect::AuthorizationCode;
use openidconnect::ClaimsVerificationError;
use openidconnect::ClientId;
use openidconnect::ClientSecret;
use openidconnect::CsrfToken;
use openidconnect::IssuerUrl;
use openidconnect::Nonce;
use openidconnect::OAuth2TokenResponse;
use openidconnect::PkceCodeChallenge;
use openidconnect::PkceCodeVerifier;
use openidconnect::RedirectUrl;
use openidconnect::RequestTokenError;
use openidconnect::Scope;
use openidconnect::SignatureVerificationError;
use openidconnect::TokenResponse;
use openidconnect::UserInfoClaims;
use openidconnect::core::CoreAuthenticationFlow;
use openidconnect::core::CoreClientAuthMethod;
use openidconnect::core::CoreGenderClaim;
use openidconnect::core::CoreProviderMetadata;
use serde_json::Map;
use serde_json::Value;
use tokio::sync::Mutex;
use tokio::sync::MutexGuard;
use tokio::sync::Semaphore;
use url::Url;

use crate::config::single_sign_on::SingleSignOn;
use crate::config::single_sign_on::is_private_way;
use crate::upstream::openid::client::Further;
use crate::upstream::openid::client::Ready;
use crate::upstream::openid::client::SIGNATURES;
use crate::upstream::openid::client::Tokens;
use crate::upstream::openid::client::as_map;
use crate::upstream::web::Web;

/// How long what the provider says of itself is believed.
const FRESH: Duration = Duration::from_secs(3600);
/// The least time between two looks at it because a key is unknown: a forged token must not make us ask each time.
const PATIENCE: Duration = Duration::from_secs(2);
/// How long a provider that could not be reached is left alone.
const PAUSE: Duration = Duration::from_secs(3);
/// Sign-ins that ask the provider at a time; the rest wait.
const TURNS: usize = 16;
/// Attempts that are remembered as used.
const USED: NonZeroUsize = NonZeroUsize::new(8192).expect("not zero");

/// Refusals of strangers that are noted in a minute.
const REFUSALS: u32 = 30;
const MINUTE: Duration = Duration::from_secs(60);

/// Why somebody is not signed in. The texts are for the log: they may hold what the provider wrote.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    /// The provider cannot be asked, or does not speak the protocol.
    #[error("{0}")]
    Unavailable(String),
    /// The provider, or a check of what it said, refused.
    #[error("{0}")]
    Refused(String),
}

/// One way to the provider and back. What is secret in it the browser never sees in clear.
#[derive(Clone, PartialEq, Eq)]
pub struct Attempt {
    /// Comes back with the browser, so that nobody else's answer is taken for its own.
    pub state: String,
    /// Comes back inside the token, so that no token of another attempt is taken.
    pub nonce: String,
    /// Shown with the code, so that a stolen code is of no use; 43 to 128 characters.
    pub verifier: String,
}

impl fmt::Debug for Attempt {
    /// Without what is secret, which is all of it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Attempt").finish_non_exhaustive()
    }
}

/// What the provider says of somebody, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claims {
    /// Who says so.
    pub issuer: String,
    /// What they call them, for good.
    pub subject: String,
    /// Everything they say.
    pub values: Map<String, Value>,
}

/// The provider of the settings.
#[derive(Debug)]
pub struct Provider {
    settings: SingleSignOn,
    issuer: IssuerUrl,
    client_id: ClientId,
    web: Web,
    known: Mutex<Known>,
    turns: Semaphore,
    used: std::sync::Mutex<LruCache<String, ()>>,
    refusals: std::sync::Mutex<(Instant, u32)>,
}

/// What the provider said of itself, and when it last could not be reached.
#[derive(Debug, Default)]
struct Known {
    found: Option<Found>,
    failed: Option<(Instant, String)>,
}

#[derive(Debug, Clone)]
struct Found {
    metadata: Arc<CoreProviderMetadata>,
    at: Instant,
}

impl Provider {
    /// The provider, if the settings name one. Nothing is asked yet: the hub starts without it.
    ///
    /// # Errors
    ///
    /// With a sentence for the operator: only half of the settings are there, or the issuer would be asked without TLS.
    pub fn of(settings: &SingleSignOn) -> anyhow::Result<Option<Self>> {
        let (issuer, client_id) = match (&settings.issuer, &settings.client_id) {
            (Some(issuer), Some(client_id)) => (issuer, client_id),
            (None, None) => return Ok(None),
            (Some(_), None) => anyhow::bail!("oidc_issuer is set, but not oidc_client_id"),
            (None, Some(_)) => anyhow::bail!("oidc_client_id is set, but not oidc_issuer"),
        };
        let url = Url::parse(issuer.as_str()).context("the issuer is no URL")?;
        anyhow::ensure!(
            settings.allows_http || is_private_way(&url),
            "the provider {issuer} would be asked without TLS; give an https URL for oidc_issuer, or, in a network \
             where nobody can listen, set oidc_allow_http"
        );
        Ok(Some(Self {
            issuer: IssuerUrl::new(issuer.as_str().to_owned())?,
            client_id: ClientId::new(client_id.clone()),
            web: Web::new(settings.allows_http)?,
            known: Mutex::default(),
            turns: Semaphore::new(TURNS),
            used: std::sync::Mutex::new(LruCache::new(USED)),
            refusals: std::sync::Mutex::new((Instant::now(), 0)),
            settings: settings.clone(),
        }))
    }

    /// The settings it was made of.
    pub fn settings(&self) -> &SingleSignOn {
        &self.settings
    }

    /// Whether `state` is used for the first time. What comes back twice was copied.
    pub fn is_first_use(&self, state: &str) -> bool {
        let mut used = self
            .used
            .lock()
            .unwrap_or_else(|broken| broken.into_inner());
        used.put(state.to_owned(), ()).is_none()
    }

    /// Whether one more refusal of somebody nobody vouches for may go into the audit trail. Strangers can cause as many
    /// as they like, and the trail keeps its rows for ever: so it takes some a minute, and the log has the others.
    pub fn may_note_refusal(&self) -> bool {
        let mut refusals = self
            .refusals
            .lock()
            .unwrap_or_else(|broken| broken.into_inner());
        if refusals.0.elapsed() >= MINUTE {
            *refusals = (Instant::now(), 0);
        }
        refusals.1 = refusals.1.saturating_add(1);
        refusals.1 <= REFUSALS
    }

    /// Where to send the browser.
    ///
    /// # Errors
    ///
    /// The provider cannot be asked.
    pub async fn start(&self, back: &str, attempt: &Attempt) -> Result<Url, Trouble> {
        let client = self.client(self.metadata(FRESH).await?.metadata, back)?;
        let verifier = PkceCodeVerifier::new(attempt.verifier.clone());
        let (state, nonce) = (attempt.state.clone(), attempt.nonce.clone());
        let request = client.authorize_url(
            CoreAuthenticationFlow::AuthorizationCode,
            move || CsrfToken::new(state),
            move || Nonce::new(nonce),
        );
        // The crate adds `openid` itself.
        let scopes = self.settings.scopes.split_whitespace();
        let scopes = scopes.filter(|scope| *scope != "openid");
        let (url, _, _) = request
            .add_scopes(scopes.map(|scope| Scope::new(scope.to_owned())))
            .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&verifier))
            .url();
        Ok(url)
    }

    /// Who came back with `code`.
    ///
    /// # Errors
    ///
    /// The provider cannot be asked, refuses the code, or says what does not pass the checks.
    pub async fn finish(
        &self,
        back: &str,
        attempt: &Attempt,
        code: &str,
    ) -> Result<Claims, Trouble> {
        let _turn = self.turns.acquire().await.map_err(unavailable)?;
        let found = self.metadata(FRESH).await?;
        let client = self.client(Arc::clone(&found.metadata), back)?;
        let tokens = client
            .exchange_code(AuthorizationCode::new(code.to_owned()))
            .map_err(unavailable)?
            .set_pkce_verifier(PkceCodeVerifier::new(attempt.verifier.clone()))
            .request_async(&self.web)
            .await
            .map_err(|error| match error {
                RequestTokenError::ServerResponse(answer) => {
                    Trouble::Refused(format!("the provider refuses the code: {}", answer.error()))
                }
                // What could not be read may hold tokens, so it is not shown.
                RequestTokenError::Parse(error, _) => Trouble::Unavailable(format!(
                    "the provider's answer to the code makes no sense: {}",
                    told(&error)
                )),
                error => unavailable(error),
            })?;
        let mut values = match self.check(&client, &tokens, attempt) {
            Err(ClaimsVerificationError::SignatureVerification(
                SignatureVerificationError::NoMatchingKey,
            )) => {
                let client = self.client(self.metadata(PATIENCE).await?.metadata, back)?;
                self.check(&client, &tokens, attempt)
            }
            checked => checked,
        }
        .map_err(|error| Trouble::Refused(format!("the ID token is refused: {}", told(&error))))?;
        let subject = match values.get("sub") {
            Some(Value::String(subject)) if !subject.is_empty() => subject.clone(),
            _ => return Err(Trouble::Refused("the ID token names nobody".to_owned())),
        };
        if self.wants_more(&values) && found.metadata.userinfo_endpoint().is_some() {
            let more = self.ask_more(&client, &tokens, &subject).await?;
            for (name, value) in more {
                values.entry(name).or_insert(value);
            }
        }
        Ok(Claims {
            issuer: self.issuer.as_str().to_owned(),
            subject,
            values,
        })
    }

    /// The ID token's claims, if signature, issuer, audience, nonce and times are as they must.
    fn check(
        &self,
        client: &Ready,
        tokens: &Tokens,
        attempt: &Attempt,
    ) -> Result<Map<String, Value>, ClaimsVerificationError> {
        let other = |text: &str| ClaimsVerificationError::Other(text.to_owned());
        let verifier = client.id_token_verifier().set_allowed_algs(SIGNATURES);
        let token = tokens.id_token().ok_or(other("there is none"))?;
        let claims = token.claims(&verifier, &Nonce::new(attempt.nonce.clone()))?;
        // The crate takes a token that is meant for us, but not a word on whom it was given to.
        if claims
            .authorized_party()
            .is_some_and(|party| *party != self.client_id)
        {
            return Err(other("it was given to another client"));
        }
        if let Some(expected) = claims.access_token_hash() {
            let algorithm = token.signing_alg().map_err(|_| other("no algorithm"))?;
            let key = token.signing_key(&verifier).map_err(|_| other("no key"))?;
            let actual = AccessTokenHash::from_token(tokens.access_token(), algorithm, key);
            if actual.map_err(|_| other("no hash"))? != *expected {
                return Err(other("it belongs to another access token"));
            }
        }
        as_map(claims).ok_or(other("it is no object"))
    }

    /// Some providers put only who somebody is into the token, and the rest where one has to ask for it.
    fn wants_more(&self, values: &Map<String, Value>) -> bool {
        let settings = &self.settings;
        let mut wanted = vec![
            settings.username_claim.as_str(),
            settings.group_claim.as_str(),
        ];
        if !settings.email_domains.is_empty() {
            wanted.push("email");
        }
        wanted.iter().any(|name| !values.contains_key(*name))
    }

    async fn ask_more(
        &self,
        client: &Ready,
        tokens: &Tokens,
        subject: &str,
    ) -> Result<Map<String, Value>, Trouble> {
        let subject = openidconnect::SubjectIdentifier::new(subject.to_owned());
        let more: UserInfoClaims<Further, CoreGenderClaim> = client
            .user_info(tokens.access_token().clone(), Some(subject))
            .map_err(unavailable)?
            .request_async(&self.web)
            .await
            .map_err(unavailable)?;
        as_map(&more).ok_or_else(|| Trouble::Unavailable("no object of claims".to_owned()))
    }

    fn client(&self, metadata: Arc<CoreProviderMetadata>, back: &str) -> Result<Ready, Trouble> {
        let secret = self.settings.client_secret.as_ref();
        let secret = secret.map(|secret| ClientSecret::new(secret.expose().to_owned()));
        let in_body = metadata
            .token_endpoint_auth_methods_supported()
            .is_some_and(|methods| {
                methods.contains(&CoreClientAuthMethod::ClientSecretPost)
                    && !methods.contains(&CoreClientAuthMethod::ClientSecretBasic)
            });
        let client =
            Ready::from_provider_metadata((*metadata).clone(), self.client_id.clone(), secret)
                .set_redirect_uri(RedirectUrl::new(back.to_owned()).map_err(unavailable)?);
        Ok(match in_body {
            true => client.set_auth_type(AuthType::RequestBody),
            false => client,
        })
    }

    /// What the provider says of itself, at most `age` old. Many who ask at once make one request of it.
    async fn metadata(&self, age: Duration) -> Result<Found, Trouble> {
        let mut known: MutexGuard<'_, Known> = self.known.lock().await;
        if let Some(found) = &known.found
            && found.at.elapsed() < age
        {
            return Ok(found.clone());
        }
        if let Some((at, why)) = &known.failed
            && at.elapsed() < PAUSE
        {
            return Err(Trouble::Unavailable(why.clone()));
        }
        match CoreProviderMetadata::discover_async(self.issuer.clone(), &self.web).await {
            Ok(metadata) => {
                let found = Found {
                    metadata: Arc::new(metadata),
                    at: Instant::now(),
                };
                known.found = Some(found.clone());
                known.failed = None;
                Ok(found)
            }
            Err(error) => {
                let why = told(&error);
                known.failed = Some((Instant::now(), why.clone()));
                Err(Trouble::Unavailable(why))
            }
        }
    }
}

fn unavailable(error: impl Error) -> Trouble {
    Trouble::Unavailable(told(&error))
}

/// An error with its causes, as one line that is not too long for a log.
fn told(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        text.push_str(": ");
        text.push_str(&inner.to_string());
        cause = inner.source();
    }
    text.chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .take(500)
        .collect()
}
