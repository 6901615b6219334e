import {
	generateAuthenticationOptions,
	generateRegistrationOptions,
	verifyAuthenticationResponse,
	verifyRegistrationResponse,
} from '@simplewebauthn/server'
import { z } from 'zod'
import { fromBase64Url, utf8ToBytes } from '#workflows/shared/bytes.ts'
import { DomainError } from '#workflows/shared/errors.ts'

/** Where the ceremonies take place; from configuration only, never from a request header. */
export type WebIdentity = { rpId: string; rpName: string; origin: string }

const base64Url = (max: number) =>
	z
		.string()
		.regex(/^[A-Za-z0-9_-]+$/)
		.max(max)
const transports = z.array(z.string().max(32)).max(8)

/** The browser's answer to an enrolment, as SimpleWebAuthn's JSON; unknown keys are dropped, every text is bounded. */
export const registrationResponseSchema = z.object({
	id: base64Url(1400),
	rawId: base64Url(1400),
	type: z.literal('public-key'),
	authenticatorAttachment: z.enum(['platform', 'cross-platform']).optional().catch(undefined),
	clientExtensionResults: z.looseObject({}).default({}),
	response: z.object({
		clientDataJSON: base64Url(8000),
		attestationObject: base64Url(20_000),
		transports: transports.optional(),
	}),
})

/** The browser's answer to a sign-in or a decision. */
export const assertionResponseSchema = z.object({
	id: base64Url(1400),
	rawId: base64Url(1400),
	type: z.literal('public-key'),
	authenticatorAttachment: z.enum(['platform', 'cross-platform']).optional().catch(undefined),
	clientExtensionResults: z.looseObject({}).default({}),
	response: z.object({
		clientDataJSON: base64Url(8000),
		authenticatorData: base64Url(2000),
		signature: base64Url(2000),
		userHandle: base64Url(200)
			.nullish()
			.transform((handle) => handle ?? undefined),
	}),
})

export type RegistrationResponse = z.infer<typeof registrationResponseSchema>
export type AssertionResponse = z.infer<typeof assertionResponseSchema>

export type StoredPasskey = {
	credentialId: string
	publicKey: Uint8Array
	signCount: number
	transports: string[]
}
export type EnrolledPasskey = {
	credentialId: string
	publicKey: Uint8Array
	signCount: number
	aaguid: string
	backupEligible: boolean
	backedUp: boolean
	transports: string[]
}

export type Passkeys = ReturnType<typeof createPasskeys>

const CEREMONY_TIMEOUT_MS = 120_000

/** Passkey ceremonies (WebAuthn Level 3) behind our own names. User verification is required in each of them. */
export function createPasskeys({ rpId, rpName, origin }: WebIdentity) {
	return {
		rpId,
		origin,

		/** Options for `navigator.credentials.create`: a discoverable credential, user verification required. */
		enrolmentOptions: (
			person: { id: string; userPrincipalName: string; displayName: string },
			challenge: Uint8Array,
			enrolled: readonly { credentialId: string; transports: string[] }[],
		) =>
			generateRegistrationOptions({
				rpName,
				rpID: rpId,
				userID: new Uint8Array(utf8ToBytes(person.id)),
				userName: person.userPrincipalName,
				userDisplayName: person.displayName,
				challenge: new Uint8Array(challenge),
				timeout: CEREMONY_TIMEOUT_MS,
				attestationType: 'direct',
				excludeCredentials: enrolled.map(({ credentialId, transports }) => ({
					id: credentialId,
					transports,
				})),
				authenticatorSelection: {
					residentKey: 'required',
					requireResidentKey: true,
					userVerification: 'required',
				},
				supportedAlgorithmIDs: [-7, -8, -257],
			}),

		/** Options for `navigator.credentials.get`; without `allowed` any discoverable credential of this site may answer. */
		assertionOptions: (
			challenge: Uint8Array,
			allowed?: readonly { credentialId: string; transports: string[] }[],
		) =>
			generateAuthenticationOptions({
				rpID: rpId,
				challenge: new Uint8Array(challenge),
				timeout: CEREMONY_TIMEOUT_MS,
				userVerification: 'required',
				allowCredentials: allowed?.map(({ credentialId, transports }) => ({ id: credentialId, transports })),
			}),

		/** Checks an enrolment; throws ATTESTATION_REFUSED. */
		async verifyEnrolment(response: RegistrationResponse, challenge: string): Promise<EnrolledPasskey> {
			refuseCrossOrigin(response.response.clientDataJSON, 'ATTESTATION_REFUSED')
			const verified = await verifyRegistrationResponse({
				response: response,
				expectedChallenge: challenge,
				expectedOrigin: origin,
				expectedRPID: rpId,
				expectedType: 'webauthn.create',
				requireUserVerification: true,
				supportedAlgorithmIDs: [-7, -8, -257],
			}).catch((cause: unknown) => refuse('ATTESTATION_REFUSED', cause))
			if (!verified.verified)
				return refuse('ATTESTATION_REFUSED', new Error('The attestation does not verify.'))
			const { credential, aaguid, credentialDeviceType, credentialBackedUp } = verified.registrationInfo
			return {
				credentialId: credential.id,
				publicKey: credential.publicKey,
				signCount: credential.counter,
				aaguid,
				backupEligible: credentialDeviceType === 'multiDevice',
				backedUp: credentialBackedUp,
				transports: response.response.transports ?? [],
			}
		},

		/** Checks an assertion against the stored passkey; throws ASSERTION_REFUSED. Gives the new signature counter. */
		async verifyAssertion(
			response: AssertionResponse,
			challenge: string,
			passkey: StoredPasskey,
		): Promise<number> {
			refuseCrossOrigin(response.response.clientDataJSON, 'ASSERTION_REFUSED')
			const verified = await verifyAuthenticationResponse({
				response: response,
				expectedChallenge: challenge,
				expectedOrigin: origin,
				expectedRPID: rpId,
				expectedType: 'webauthn.get',
				requireUserVerification: true,
				credential: {
					id: passkey.credentialId,
					publicKey: new Uint8Array(passkey.publicKey),
					// Our own compare-and-set on the row does the counting, so that two answers at once cannot both pass.
					counter: 0,
				},
			}).catch((cause: unknown) => refuse('ASSERTION_REFUSED', cause))
			if (!verified.verified) return refuse('ASSERTION_REFUSED', new Error('The signature does not verify.'))
			return verified.authenticationInfo.newCounter
		},
	}
}

type Refusal = 'ATTESTATION_REFUSED' | 'ASSERTION_REFUSED'

/** SimpleWebAuthn lets `crossOrigin: true` pass when no `topOrigin` is given: a framed page could then sign for us. */
function refuseCrossOrigin(clientDataJson: string, code: Refusal): void {
	const bytes = fromBase64Url(clientDataJson)
	if (bytes === null) return refuse(code, new Error('clientDataJSON is not base64url.'))
	const parsed = clientDataSchema.safeParse(parseJson(bytes))
	if (!parsed.success) return refuse(code, parsed.error)
	if (parsed.data.crossOrigin === true || parsed.data.topOrigin !== undefined) {
		return refuse(code, new Error('The ceremony ran inside a page of another origin.'))
	}
}

const clientDataSchema = z.looseObject({
	crossOrigin: z.boolean().optional(),
	topOrigin: z.unknown().optional(),
})

function parseJson(bytes: Uint8Array): unknown {
	try {
		return JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes))
	} catch {
		// Not JSON: the schema refuses it with the one answer that every malformed ceremony gets.
		return undefined
	}
}

function refuse(code: Refusal, cause: unknown): never {
	throw new DomainError(
		code,
		`The passkey's answer was refused: ${cause instanceof Error ? cause.message : 'unknown'}`,
	)
}
