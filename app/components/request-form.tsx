import { Form, Link } from '@remix-run/react'
import { useState } from 'react'
import { HoldsUntil } from '#app/components/decision-reasons.tsx'
import { Button, Field, type FormErrors } from '#app/components/ui/form.tsx'
import { useWords } from '#app/messages/text.tsx'
import type { PersonName, RequestableRole } from '#app/services/views.ts'
import { RequestRoute } from './request-route.tsx'

export const DURATIONS_MINUTES = [10, 15, 30, 60, 120, 240, 480, 720, 1440]

const rolesOf = (text: string | undefined) => (text ?? '').split(',').filter((key) => key !== '')

/** What is asked for: roles, for whom, why, ticket, when and for how long. Works without script. */
export function RequestForm({
	roles,
	beneficiaries,
	filingKey,
	charterVersion,
	sent,
	errors,
}: {
	/** Those that the charter allows. */
	roles: readonly RequestableRole[]
	beneficiaries: readonly PersonName[]
	filingKey: string
	charterVersion: number
	/** What stood in the form before. */
	sent: Readonly<Record<string, string>>
	errors: FormErrors
}) {
	const { t, format } = useWords()
	const longest = Math.max(0, ...roles.map(({ maximumSeconds }) => maximumSeconds))
	const asked = Number(sent.durationMinutes)
	const minutes = [...new Set([...DURATIONS_MINUTES, ...(asked > 0 ? [asked] : [])])].sort((a, b) => a - b)
	const [chosen, setChosen] = useState<readonly string[]>(rolesOf(sent.role))
	const examples = [...new Set(roles.map(({ ticketExample }) => ticketExample))]
	return (
		<Form method="post" className="stack" key={filingKey}>
			<input type="hidden" name="filingKey" value={filingKey} />
			<input type="hidden" name="charterVersion" value={charterVersion} />
			<fieldset
				className="field"
				onChange={({ currentTarget }) =>
					setChosen(new FormData(currentTarget.closest('form') ?? undefined).getAll('role').map(String))
				}
			>
				<legend>{t('requests.chooseRoles')}</legend>
				<p className="hint">{t('requests.chooseRolesHint')}</p>
				{errors.role ? (
					<p className="error" id="role-error">
						{errors.role}
					</p>
				) : null}
				{roles.map((role, i) => (
					<RoleChoice
						key={role.key}
						id={i === 0 ? 'role' : `role-${role.key}`}
						role={role}
						isChosen={rolesOf(sent.role).includes(role.key)}
					/>
				))}
			</fieldset>
			<Together isAllOrNone={sent.allOrNone !== 'no'} />
			{beneficiaries.length === 0 ? null : (
				<Field
					id="beneficiary"
					label={t('requests.forWhom')}
					hint={t('requests.forWhomHint')}
					error={errors.beneficiary}
				>
					{(aria) => (
						<select className="input" defaultValue={sent.beneficiary ?? ''} {...aria}>
							<option value="">{t('requests.forMyself')}</option>
							{beneficiaries.map(({ id, name }) => (
								<option key={id} value={id}>
									{name}
								</option>
							))}
						</select>
					)}
				</Field>
			)}
			<Field id="reason" label={t('requests.reason')} hint={t('requests.reasonHint')} error={errors.reason}>
				{(aria) => (
					<textarea className="input" rows={3} maxLength={500} defaultValue={sent.reason ?? ''} {...aria} />
				)}
			</Field>
			<Field
				id="ticket"
				label={t('requests.ticket')}
				hint={t('requests.ticketHint', { example: examples.join(', ') })}
				error={errors.ticket}
			>
				{(aria) => <input className="input" maxLength={60} defaultValue={sent.ticket ?? ''} {...aria} />}
			</Field>
			<Field
				id="durationMinutes"
				label={t('requests.howLong')}
				hint={t('requests.howLongHint')}
				error={errors.durationMinutes}
			>
				{(aria) => (
					<select className="input" defaultValue={sent.durationMinutes ?? '30'} {...aria}>
						{minutes
							.filter((each) => each * 60 <= longest)
							.map((each) => (
								<option key={each} value={each}>
									{format.duration(each * 60_000)}
								</option>
							))}
					</select>
				)}
			</Field>
			<ShortestCap roles={roles} chosen={chosen} />
			<Field
				id="startAt"
				label={t('requests.startAt')}
				hint={t('requests.startAtHint')}
				error={errors.startAt}
			>
				{(aria) => (
					<input type="datetime-local" className="input" defaultValue={sent.startAt ?? ''} {...aria} />
				)}
			</Field>
			<p className="row">
				<Button name="intent" value="send">
					{t('requests.submit')}
				</Button>
				<Button look="plain" name="intent" value="draft" formNoValidate>
					{t('requests.saveDraft')}
				</Button>
			</p>
		</Form>
	)
}

/** Whether all of several roles are filed or none; unchecked, the form says so as well. */
function Together({ isAllOrNone }: { isAllOrNone: boolean }) {
	const { t } = useWords()
	return (
		<div>
			<input type="hidden" name="allOrNone" value="no" />
			<label className="choice" htmlFor="allOrNone">
				<input type="checkbox" name="allOrNone" id="allOrNone" value="yes" defaultChecked={isAllOrNone} />
				<span>{t('requests.allOrNone')}</span>
			</label>
			<p className="hint">{t('requests.allOrNoneHint')}</p>
		</div>
	)
}

/** The longest that all of the chosen roles can be asked for together. */
function ShortestCap({ roles, chosen }: { roles: readonly RequestableRole[]; chosen: readonly string[] }) {
	const { t, format } = useWords()
	const [shortest] = roles
		.filter(({ key }) => chosen.includes(key))
		.sort((a, b) => a.maximumSeconds - b.maximumSeconds)
	return (
		<p className="muted small" role="status">
			{shortest === undefined
				? null
				: t('requests.shortestCap', {
						duration: format.duration(shortest.maximumSeconds * 1000),
						role: shortest.title,
					})}
		</p>
	)
}

function RoleChoice({ id, role, isChosen }: { id: string; role: RequestableRole; isChosen: boolean }) {
	const { t, format } = useWords()
	const { key, title, purpose, maximumSeconds, verdict, isOpenAlready, gap } = role
	return (
		<div>
			<label className="choice" htmlFor={id}>
				<input
					type="checkbox"
					name="role"
					id={id}
					value={key}
					defaultChecked={isChosen && !isOpenAlready && gap === null}
					disabled={isOpenAlready || gap !== null}
					aria-describedby={`about-${key}`}
				/>
				<span>
					{title}{' '}
					<span className="muted small">
						{t('requests.upTo', { duration: format.duration(maximumSeconds * 1000) })}
					</span>
					{isOpenAlready ? <span className="muted small"> – {t('requests.alreadyOpen')}</span> : null}
				</span>
			</label>
			<div className="hint" id={`about-${key}`}>
				{purpose} <HoldsUntil verdict={verdict} />
				<RequestRoute role={role} />
			</div>
		</div>
	)
}

/** What was begun and not sent, to go on with or to discard. */
export function RequestDrafts({
	drafts,
	roles,
}: {
	drafts: readonly { key: string; fields: Record<string, string>; updatedAt: string }[]
	roles: readonly Pick<RequestableRole, 'key' | 'title'>[]
}) {
	const { t, format } = useWords()
	if (drafts.length === 0) return null
	return (
		<section className="card">
			<h2>{t('requests.drafts')}</h2>
			<p className="muted">{t('requests.draftsLead')}</p>
			<ul className="bullets">
				{drafts.map(({ key, fields, updatedAt }) => {
					const titles = rolesOf(fields.role)
						.map((key) => roles.find((role) => role.key === key)?.title ?? key)
						.join(', ')
					const name = titles === '' ? t('requests.draftWithoutRole') : titles
					return (
						<li key={key}>
							<Link to={`/requests/new?form=${key}`}>{name}</Link>{' '}
							<span className="muted small">{format.time(updatedAt)}</span>{' '}
							<Form method="post" className="inline">
								<input type="hidden" name="filingKey" value={key} />
								<Button
									look="small"
									name="intent"
									value="discard"
									aria-label={t('requests.discardDraft', { name })}
								>
									{t('requests.discard')}
								</Button>
							</Form>
						</li>
					)
				})}
			</ul>
		</section>
	)
}
