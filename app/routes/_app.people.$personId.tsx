import { data, redirect, type ActionFunctionArgs, type LoaderFunctionArgs } from '@remix-run/node'
import { Form, Link, useActionData, useLoaderData, useSearchParams } from '@remix-run/react'
import { z } from 'zod'
import { DecisionReasons, HoldsUntil } from '#app/components/decision-reasons.tsx'
import { PasskeyList } from '#app/components/passkey-list.tsx'
import { PersonCases } from '#app/components/person-cases.tsx'
import { PersonFactsCard } from '#app/components/person-facts.tsx'
import { RecordFacts } from '#app/components/record-facts.tsx'
import { CopyButton } from '#app/components/ui/copy-button.tsx'
import { Button, ErrorSummary } from '#app/components/ui/form.tsx'
import { Icon } from '#app/components/ui/icon.tsx'
import { Time } from '#app/components/ui/time.tsx'
import { useWords } from '#app/messages/text.tsx'
import { type TextKey } from '#app/messages/create-text.ts'
import { requirePermission } from '#app/utils/guards.server.ts'
import { dayField, parseForm } from '#app/utils/form.server.ts'
import { attempted, handled, parseParams, type Refusal } from '#app/utils/http.server.ts'
import { revokeSchema } from '#app/utils/revoke-form.server.ts'
import { OWN_REVOCATION_CAUSES, REVOCATION_CAUSES } from '#workflows/people/revocation.ts'

const paramsSchema = z.object({ personId: z.uuid() })
const interval = {
	validFrom: dayField.refine((day) => day !== null, 'errors.date').transform((day) => day ?? new Date(0)),
	validUntil: dayField,
	evidence: z.string().trim().min(1, 'errors.required').max(200, 'errors.required'),
}
const citizenshipSchema = z.object({
	country: z.string().regex(/^[A-Z]{2}$/, 'errors.UNKNOWN_COUNTRY'),
	...interval,
})
const clearanceSchema = z.object({
	level: z
		.string()
		.regex(/^[A-Z]+ [A-Z0-9]+$/, 'errors.UNKNOWN_LEVEL')
		.transform((text) => text.split(' ') as [string, string]),
	issuer: z.string().trim().min(2, 'errors.required').max(120, 'errors.required'),
	...interval,
})

export async function loader(args: LoaderFunctionArgs) {
	const actor = await requirePermission(args, 'people:read')
	return handled(async () => {
		const { personId } = parseParams(paramsSchema, args.params)
		return {
			person: await args.context.services.people.show(actor, personId),
			passkeys: await args.context.services.enrolment.passkeys(actor, personId),
			cases: await args.context.services.vetting.about(actor, personId),
			mayVet: actor.permissions.has('vetting:run') && actor.personId !== personId,
			erasures: await args.context.services.people.erasures(actor, personId),
			mayErase: actor.permissions.has('record:erase') && actor.personId !== personId,
			mayRecord: actor.permissions.has('people:record') && actor.personId !== personId,
			isSelf: actor.personId === personId,
			mayEnrol: actor.permissions.has('people:enrol'),
			mayExplain: actor.permissions.has('eligibility:explain'),
			today: args.context.services.now().toISOString().slice(0, 10),
		}
	})
}

const NO_TEXT: Record<string, string> = {}
const nothing = {
	errors: NO_TEXT,
	sent: NO_TEXT,
	refusal: null as Refusal | null,
	link: null as string | null,
}

export async function action(args: ActionFunctionArgs) {
	const actor = await requirePermission(args, 'people:record')
	const { people, enrolment } = args.context.services
	const { personId } = parseParams(paramsSchema, args.params)
	const form = await args.request.formData()
	const refused = ({ refusal, status }: { refusal: Refusal; status: number }, sent = NO_TEXT) =>
		data(
			{
				...nothing,
				sent,
				refusal,
				errors: refusal.field ? { [refusal.field]: `errors.${refusal.problem ?? refusal.code}` } : NO_TEXT,
			},
			{ status },
		)
	switch (form.get('intent')) {
		case 'citizenship': {
			const read = parseForm(form, citizenshipSchema)
			if (!read.ok) return data({ ...nothing, errors: read.errors, sent: read.sent }, { status: 422 })
			const done = await attempted(() => people.recordCitizenship(actor, personId, read.value))
			return done.ok ? redirect(`/people/${personId}?saved=citizenship`) : refused(done, read.sent)
		}
		case 'clearance': {
			const read = parseForm(form, clearanceSchema)
			if (!read.ok) return data({ ...nothing, errors: read.errors, sent: read.sent }, { status: 422 })
			const {
				level: [scheme, level],
				...rest
			} = read.value
			const done = await attempted(() => people.recordClearance(actor, personId, { ...rest, scheme, level }))
			return done.ok ? redirect(`/people/${personId}?saved=clearance`) : refused(done, read.sent)
		}
		case 'revoke': {
			const read = parseForm(form, revokeSchema)
			if (!read.ok) return data({ ...nothing, errors: read.errors, sent: read.sent }, { status: 422 })
			const done = await attempted(() => enrolment.revoke(actor, { personId, ...read.value }))
			if (!done.ok) return refused(done)
			return redirect(done.value.endedOwn ? '/sign-in' : `/people/${personId}?saved=revocation`)
		}
		case 'link': {
			const { token } = await enrolment.issueLink(personId, actor)
			return data({ ...nothing, link: `${new URL(args.request.url).origin}/enrol/${token}` })
		}
		default:
			return data({ ...nothing, errors: { form: 'errors.INVALID_INPUT' } }, { status: 400 })
	}
}

const SAVED: Readonly<Record<string, TextKey>> = {
	citizenship: 'people.savedCitizenship',
	clearance: 'people.savedClearance',
	revocation: 'passkeys.done',
	erasure: 'erasure.done',
}

export default function PersonPage() {
	const { t } = useWords()
	const {
		person,
		passkeys,
		erasures,
		cases,
		mayVet,
		mayRecord,
		isSelf,
		mayEnrol,
		mayExplain,
		mayErase,
		today,
	} = useLoaderData<typeof loader>()
	const answer = useActionData<typeof action>()
	const [search] = useSearchParams()
	const errors = Object.fromEntries(
		Object.entries(answer?.errors ?? {}).map(([id, key]) => [id, t(key as TextKey)]),
	)
	const qualified = person.roles.filter(({ verdict }) => verdict.permit)
	const others = person.roles.filter(({ verdict }) => !verdict.permit)
	const saved = search.get('saved')
	return (
		<>
			<h1>
				{qualified.length > 0
					? t('people.headFit', { name: person.name, count: qualified.length })
					: t('people.headNone', { name: person.name })}
			</h1>
			<ErrorSummary
				errors={errors}
				message={answer?.refusal && !answer.refusal.field ? t(`errors.${answer.refusal.code}`) : undefined}
			/>
			{saved && !answer ? (
				<p className="notice notice-good">{t(SAVED[saved] ?? 'people.savedCitizenship')}</p>
			) : null}
			{answer?.link ? (
				<div className="notice notice-good" role="status">
					<p>{t('people.linkMade')}</p>
					<p>
						<code>{answer.link}</code> <CopyButton text={answer.link} />
					</p>
				</div>
			) : null}
			{erasures.map(({ at, entryIndex }) => (
				<p key={`${at} ${entryIndex}`} className="notice">
					<Icon name="slash" /> {t('erasure.erasedOn')} · <Time at={at} />
					{entryIndex === null ? null : (
						<>
							{' · '}
							<Link to={`/record/${entryIndex}`}>{t('requests.entry', { index: entryIndex })}</Link>
						</>
					)}
				</p>
			))}
			<div className="columns">
				<div className="stack">
					<section className="card">
						<h2>{t('people.qualifies')}</h2>
						{qualified.length === 0 ? <p className="muted">{t('people.qualifiesNone')}</p> : null}
						<ul className="reasons">
							{qualified.map(({ key, title, part, verdict }) => (
								<li key={key} className="reason reason-met">
									<Icon name="check" />
									<span>
										<strong>{title}</strong>{' '}
										<span className="muted small">
											({t(part === 'requester' ? 'people.byRequest' : 'people.byAppointment')})
										</span>{' '}
										<HoldsUntil verdict={verdict} />
									</span>
								</li>
							))}
						</ul>
					</section>
					<section className="card">
						<h2>{t('people.notQualified')}</h2>
						{others.map(({ key, title, part, verdict }) => (
							<details key={key} open={part === 'requester'}>
								<summary>
									<strong>{title}</strong>{' '}
									<span className="muted small">
										({t(part === 'requester' ? 'people.byRequest' : 'people.byAppointment')},{' '}
										{t('reasons.failing', { count: verdict.permit ? 0 : verdict.denials.length })})
									</span>
								</summary>
								{verdict.permit ? null : <DecisionReasons clauses={verdict.denials} />}
							</details>
						))}
					</section>
				</div>
				<div className="stack">
					{mayExplain ? (
						<p>
							<Link className="button" to={`/charter/explain?person=${person.id}`}>
								{t('people.explain')}
							</Link>
						</p>
					) : null}
					<PersonFactsCard person={person} />
					<PersonCases personId={person.id} cases={cases} mayVet={mayVet} />
					{mayRecord ? (
						<RecordFacts
							// A fact that was recorded empties the forms.
							key={person.citizenships.length + person.clearances.length}
							errors={errors}
							sent={answer?.sent ?? NO_TEXT}
							today={today}
						/>
					) : null}
					<section className="card">
						<h2>{t('passkeys.heading')}</h2>
						<PasskeyList passkeys={passkeys} causes={isSelf ? OWN_REVOCATION_CAUSES : REVOCATION_CAUSES} />
					</section>
					{isSelf ? <p className="muted">{t('people.self')}</p> : null}
					{mayEnrol ? (
						<Form method="post">
							<input type="hidden" name="intent" value="link" />
							<Button look="plain">{t('people.link')}</Button>
						</Form>
					) : null}
					{mayErase ? (
						<p>
							<Link className="button button-danger" to={`/people/${person.id}/erase`}>
								{t('erasure.open')}
							</Link>
						</p>
					) : null}
				</div>
			</div>
		</>
	)
}
