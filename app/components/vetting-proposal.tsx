import { Form, Link } from '@remix-run/react'
import type { PreparedCase } from '#app/services/vetting/sign-case.server.ts'
import type { CaseView, ProposalView } from '#app/services/vetting/views.ts'
import { useWords } from '#app/messages/text.tsx'
import { SignPanel, type Prepared } from './sign-panel.tsx'
import { Button } from './ui/form.tsx'
import { Time } from './ui/time.tsx'
import { ReasonField, type ActProps } from './vetting-acts.tsx'
import { TermRows } from './vetting-facts.tsx'

/** What the first officer has proposed, and the second one's choice: confirm exactly that, or drop it. */
export function Proposal({ view, proposal, errors, sent }: ActProps & { proposal: ProposalView }) {
	const { t } = useWords()
	const { act, officer, at, reason, terms, entryIndex, isOwn, refusal } = proposal
	const isConfirming = sent.part === 'confirm'
	const isDropping = sent.intent === 'drop'
	return (
		<section className="card card-signing" aria-labelledby="proposal">
			<h2 id="proposal">{t('vetting.proposal', { act: t(`vetting.do_${act}`) })}</h2>
			<dl className="facts">
				<dt>{t('vetting.proposedBy')}</dt>
				<dd>
					{officer}, <Time at={at} />
					{entryIndex === null ? null : (
						<>
							{' · '}
							<Link to={`/record/${entryIndex}`}>{t('requests.entry', { index: entryIndex })}</Link>
						</>
					)}
				</dd>
				{terms === null ? null : <TermRows terms={terms} />}
				<dt>{t('vetting.actReason')}</dt>
				<dd>{reason}</dd>
			</dl>
			{refusal === null ? (
				<Form method="post" className="stack">
					<h3>{t('vetting.confirmTitle')}</h3>
					<input type="hidden" name="intent" value="prepare" />
					<input type="hidden" name="part" value="confirm" />
					<input type="hidden" name="act" value={act} />
					<input type="hidden" name="version" value={view.version} />
					<ReasonField
						act="confirm"
						errors={isConfirming ? errors : {}}
						sent={isConfirming ? sent : {}}
						isNeeded={false}
					/>
					<p>
						<Button>{t('vetting.review')}</Button>
					</p>
				</Form>
			) : (
				<p className="notice">{t(isOwn ? 'vetting.ownProposal' : `errors.${refusal}`)}</p>
			)}
			<details className="act" open={isDropping}>
				<summary>{t('vetting.drop')}</summary>
				<Form method="post" className="stack">
					<input type="hidden" name="intent" value="drop" />
					<ReasonField
						act="drop"
						errors={isDropping ? errors : {}}
						sent={isDropping ? sent : {}}
						isNeeded={!isOwn}
					/>
					<p>
						<Button look="danger">{t('vetting.drop')}</Button>
					</p>
				</Form>
			</details>
		</section>
	)
}

/** Exactly what the officer is about to sign, as first or as second. */
export function CaseSignPanel({
	view,
	prepared,
}: {
	view: CaseView
	prepared: Prepared<PreparedCase['envelope']>
}) {
	const { t } = useWords()
	const { envelope } = prepared
	const { act, part, scheme, level, post, terms, reason, proposalEntry, from } = envelope
	return (
		<SignPanel
			prepared={prepared}
			isAgainst={act === 'REVOKE'}
			label={t(`vetting.signWithPasskey_${part}`)}
			fields={{ intent: 'sign' }}
		>
			<dt>{t('vetting.signPart')}</dt>
			<dd>{t(`vetting.signPart_${part}`)}</dd>
			<dt>{t('vetting.signAct')}</dt>
			<dd>
				<strong>{t(`vetting.do_${act}`)}</strong>
			</dd>
			<dt>{t('vetting.signSubject')}</dt>
			<dd>
				{view.person.name} ({t('vetting.number', { number: view.number })}, {t(`vetting.state_${from}`)})
			</dd>
			<dt>{t('vetting.clearance')}</dt>
			<dd>
				{scheme} {level}
			</dd>
			{post === null ? null : (
				<>
					<dt>{t('vetting.post')}</dt>
					<dd>{post}</dd>
				</>
			)}
			{view.sponsor === null ? null : (
				<>
					<dt>{t('vetting.sponsor')}</dt>
					<dd>{view.sponsor.name}</dd>
				</>
			)}
			{terms === null ? null : <TermRows terms={terms} />}
			{reason ? (
				<>
					<dt>{t('vetting.actReason')}</dt>
					<dd>{reason}</dd>
				</>
			) : null}
			{proposalEntry === null ? null : (
				<>
					<dt>{t('vetting.signProposal')}</dt>
					<dd>
						<code>{proposalEntry}</code>
					</dd>
				</>
			)}
		</SignPanel>
	)
}
