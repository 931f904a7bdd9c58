import { connectionOf } from "./connection.js";
import { OrderType } from "./order.js";
import { ParticipantType } from "./participant.js";

export const OrderConnection = connectionOf(OrderType, "Order", "orders");
export const ParticipantConnection = connectionOf(ParticipantType, "Participant", "participants");
