import { Form, Link } from '@remix-run/react'
import type { ReactNode } from 'react'
import type { PersonFactView } from '#app/services/people/person-views.ts'
import type { TextKey } from '#app/messages/create-text.ts'
import { useWords } from '#app/messages/text.tsx'
import { Button, Field } from './ui/form.tsx'

type Props = {
	fact: PersonFactView
	personId: string
	errors: Readonly<Record<string, string>>
	sent: Readonly<Record<string, string>>
	today: string
}

/** What an officer may do with a fact that stands: what it waits for first, then correcting, ending, taking back. */
export function FactActs({ fact, personId, errors, sent, today }: Props) {
	const { t } = useWords()
	const { kind, course, verified, status } = fact
	const form = { errors, sent }
	return (
		<div className="stack">
			{kind === 'event' && course.triagedAt === null ? (
				<ActForm {...form} act="triage" title="facts.triage" lead="facts.triageLead" label="facts.outcome" />
			) : null}
			{kind === 'travel' && course.verdict === null && status === 'upcoming' ? (
				<ActForm
					{...form}
					act="approved"
					title="facts.decideTravel"
					lead="facts.decideTravelLead"
					label="facts.reason"
					button="facts.approve"
					second={
						<Button look="danger" name="act" value="refused">
							{t('facts.refuse')}
						</Button>
					}
				/>
			) : null}
			{kind === 'travel' && course.debriefedAt === null && status !== 'upcoming' ? (
				<ActForm
					{...form}
					act="debrief"
					title="facts.debrief"
					lead="facts.debriefLead"
					label="facts.debriefWords"
				/>
			) : null}
			{verified === null && kind !== 'event' ? (
				<section className="card">
					<h2>{t('facts.verify')}</h2>
					<p className="muted">{t('facts.verifyLead')}</p>
					<Form method="post">
						<Button name="act" value="verify">
							{t('facts.verify')}
						</Button>
					</Form>
				</section>
			) : null}
			<section className="card">
				<h2>{t('facts.correct')}</h2>
				<p className="muted">{t('facts.correctLead')}</p>
				<p>
					<Link className="button" to={`/people/${personId}/facts/${kind}/${fact.id}/correct`}>
						{t('facts.correct')}
					</Link>
				</p>
			</section>
			{status === 'current' || status === 'upcoming' ? (
				<ActForm
					{...form}
					act="end"
					title="facts.end"
					lead="facts.endLead"
					label="facts.reason"
					more={
						<Field
							id="validUntil"
							label={t('facts.endsOn')}
							error={sent.act === 'end' ? errors.validUntil : undefined}
						>
							{(aria) => (
								<input
									className="input"
									type="date"
									required
									defaultValue={sent.validUntil ?? today}
									{...aria}
								/>
							)}
						</Field>
					}
				/>
			) : null}
			<ActForm
				{...form}
				act="withdraw"
				title="facts.withdraw"
				lead="facts.withdrawLead"
				label="facts.reason"
				look="danger"
			/>
		</div>
	)
}

function ActForm({
	act,
	title,
	lead,
	label,
	button = title,
	look = 'primary',
	second,
	more,
	errors,
	sent,
}: Pick<Props, 'errors' | 'sent'> & {
	act: string
	title: TextKey
	lead: TextKey
	label: TextKey
	button?: TextKey
	look?: 'primary' | 'danger'
	second?: ReactNode
	more?: ReactNode
}) {
	const { t } = useWords()
	const isMine = sent.act === act
	const id = `${act}-reason`
	return (
		<details className="card" open={isMine || act === 'triage' || act === 'approved' || act === 'debrief'}>
			<summary>
				<strong>{t(title)}</strong>
			</summary>
			<p className="muted">{t(lead)}</p>
			<Form method="post" className="stack stack-tight">
				{more}
				<Field id={id} label={t(label)} error={isMine ? errors.reason : undefined}>
					{(aria) => (
						<textarea
							className="input"
							rows={2}
							minLength={10}
							maxLength={500}
							required
							defaultValue={isMine ? sent.reason : ''}
							{...aria}
							name="reason"
						/>
					)}
				</Field>
				<p className="row">
					<Button look={look} name="act" value={act}>
						{t(button)}
					</Button>
					{second}
				</p>
			</Form>
		</details>
	)
}
