import { Column, Entity, PrimaryColumn } from "typeorm";

/** A listing's metadata, as it is searched and filtered. Made by a trigger of `app.metadata`; nobody else writes it. */
@Entity("metadata_document", { schema: "app" })
export class MetadataDocument {
  @PrimaryColumn("text") hash!: string;
  @Column("text", { nullable: true }) title!: string | null;
  @Column("text", { nullable: true }) format!: string | null;
  @Column("text", { array: true }) modalities!: string[];
  /** Codes of the most frequent conditions. */
  @Column("text", { array: true }) conditions!: string[];
  @Column("integer", { nullable: true }) recordCount!: number | null;
  @Column("integer", { nullable: true }) patientCount!: number | null;
  @Column("text") words!: string;
  /** The words by each language's stemmer. */
  @Column("tsvector") document!: string;
  /** Names this document for good: one that is written anew has another. */
  @Column("integer") number!: number;
}
