import { startAuthentication, startRegistration, WebAuthnError } from '@simplewebauthn/browser'
import { useRef, useState } from 'react'
import { useWords } from '#app/messages/text.tsx'
import { type TextKey } from '#app/messages/create-text.ts'
import { useAwake } from '#app/utils/use-awake.ts'
import { Button } from './ui/form.tsx'

type Options =
	| Parameters<typeof startAuthentication>[0]['optionsJSON']
	| Parameters<typeof startRegistration>[0]['optionsJSON']
export type Ceremony = { challengeId: string; options: Options }

/**
 * Runs a passkey ceremony and sends its answer as an ordinary form: `challengeId` and `response` join the hidden
 * fields given. `begin` gives the options; a failure is explained by its cause and changes nothing.
 */
export function PasskeyButton({
	kind,
	label,
	begin,
	fields,
	look = 'primary',
}: {
	kind: 'enrol' | 'sign'
	label: string
	begin: () => Promise<Ceremony>
	fields: Readonly<Record<string, string>>
	look?: 'primary' | 'danger'
}) {
	const { t } = useWords()
	const form = useRef<HTMLFormElement>(null)
	const challenge = useRef<HTMLInputElement>(null)
	const response = useRef<HTMLInputElement>(null)
	const [state, setState] = useState<'idle' | 'working' | TextKey>('idle')
	// A press before the page is awake would be lost without a word.
	const isAwake = useAwake()

	const run = async () => {
		setState('working')
		try {
			const { challengeId, options } = await begin()
			const answer =
				kind === 'enrol'
					? await startRegistration({
							optionsJSON: options as Parameters<typeof startRegistration>[0]['optionsJSON'],
						})
					: await startAuthentication({
							optionsJSON: options,
						})
			if (challenge.current && response.current) {
				challenge.current.value = challengeId
				response.current.value = JSON.stringify(answer)
			}
			form.current?.requestSubmit()
		} catch (error) {
			setState(causeOf(error))
		}
	}

	return (
		<form method="post" ref={form}>
			{Object.entries(fields).map(([name, value]) => (
				<input key={name} type="hidden" name={name} value={value} />
			))}
			<input type="hidden" name="challengeId" ref={challenge} />
			<input type="hidden" name="response" ref={response} />
			<Button type="button" look={look} onClick={() => void run()} disabled={state === 'working' || !isAwake}>
				{label}
			</Button>
			<p aria-live="polite" className="small">
				{state === 'working' ? t('signIn.working') : null}
			</p>
			{state !== 'idle' && state !== 'working' ? (
				<p role="alert" className="error">
					{t(state)}
				</p>
			) : null}
		</form>
	)
}

/** Fetches options for a ceremony from one of our own addresses. */
export async function fetchCeremony(path: string, body: Record<string, string> = {}): Promise<Ceremony> {
	const answer = await fetch(path, { method: 'POST', body: new URLSearchParams(body) })
	if (!answer.ok) throw new Error(`The ceremony could not begin: ${answer.status}`)
	return (await answer.json()) as Ceremony
}

function causeOf(error: unknown): TextKey {
	if (error instanceof WebAuthnError) {
		if (error.code === 'ERROR_AUTHENTICATOR_PREVIOUSLY_REGISTERED') return 'signIn.already'
		if (error.code === 'ERROR_CEREMONY_ABORTED') return 'signIn.cancelled'
		if (error.code === 'ERROR_INVALID_DOMAIN' || error.code === 'ERROR_INVALID_RP_ID')
			return 'signIn.unsupported'
	}
	if (error instanceof Error && (error.name === 'NotAllowedError' || error.name === 'AbortError'))
		return 'signIn.cancelled'
	if (error instanceof Error && error.message.includes('not supported')) return 'signIn.unsupported'
	if (error instanceof Error && error.message.startsWith('The ceremony could not begin'))
		return 'signIn.failed'
	return 'signIn.unexpected'
}
